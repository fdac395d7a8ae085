"""The check code of a record: SHA-256 over a canonical form that can be rebuilt from the rows at any time. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

SEALED_FIELDS = (
    "company_id", "unit_id", "collector_id", "collector_unit_id", "source", "method_id", "customer_id",
    "anonymous_reason", "order_id", "stage_id", "touchpoint_id", "key_point_id", "occurred_at", "submitted_at",
    "rating", "no_answer", "verbatim", "negative", "negative_reason", "late", "safety", "warning_level",
    "warning_score", "client_key",
)  # fmt: skip
"""every column of a record but its key and the digest itself"""


UNSAID = {
    "collector_id": None, "collector_unit_id": None, "customer_id": None, "anonymous_reason": "", "order_id": None,
    "stage_id": None, "rating": None, "no_answer": "", "verbatim": "", "negative": False, "negative_reason": "",
    "late": False, "safety": False, "warning_level": "none", "warning_score": 0,
}  # fmt: skip
"""what a column holds when nobody gave it, so that a bulk load may leave it out"""


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)


def _figure(value: Any) -> str | None:
    return None if value is None else f"{Decimal(value):.2f}"


def digest(
    record: Mapping[str, Any],
    answers: Iterable[tuple[int, Decimal | int | None, str]],
    photo_hashes: Iterable[str],
) -> str:
    """SHA-256 (hex) of `record` (the SEALED_FIELDS), its answers (question id, figure, text) and its photos' hashes."""
    told = {**UNSAID, **record}
    plain = {name: _plain(told[name]) for name in SEALED_FIELDS}
    canonical = {
        "record": plain | {"warning_score": _figure(told["warning_score"])},
        "answers": [
            [question, _figure(figure), text] for question, figure, text in sorted(answers, key=lambda a: a[0])
        ],
        "photos": sorted(photo_hashes),
    }
    words = json.dumps(canonical, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(words.encode()).hexdigest()
