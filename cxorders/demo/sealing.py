"""The check code of a record, written out: the same text as `feedback.intake.seal.digest` makes, only faster."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

from feedback.intake.seal import SEALED_FIELDS, digest

Given = Sequence[tuple[int, Decimal | None, str]]
FIELDS = tuple(sorted(SEALED_FIELDS))
_HEAD = tuple(f'"{name}":' for name in FIELDS)
_PLAIN = {True: "true", False: "false", None: "null"}


def fingerprint(row: Mapping[str, Any], given: Given) -> str:
    """SHA-256 (hex) of the canonical form of a record without photos; `given` are (question, figure, text)."""
    if any(text for _, _, text in given):
        return digest(row, given, ())
    answers = ",".join([f'[{question},{_figure(figure)},""]' for question, figure, _ in sorted(given)])
    parts = [head + _text(row[name]) for head, name in zip(_HEAD, FIELDS, strict=True)]
    words = f'{{"answers":[{answers}],"photos":[],"record":{{{",".join(parts)}}}}}'
    return hashlib.sha256(words.encode()).hexdigest()


def _figure(value: Decimal | None) -> str:
    return "null" if value is None else f'"{value:.2f}"'


def _text(value: Any) -> str:
    kind = value.__class__
    if kind is str:
        return str(encode_basestring(value))
    if kind is int:
        return str(value)
    if kind is datetime:
        return f'"{value.astimezone(UTC).isoformat(timespec="microseconds")[:26]}Z"'
    if kind is Decimal:
        return f'"{value:.2f}"'
    return _PLAIN[value]
