"""The worked examples of domain/metrics.md, Appendix B (oracle.json holds them word for word)."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

ORACLE: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("oracle.json").read_text(encoding="utf-8"))


def close(value: Any) -> Any:
    """`value` with every number in it compared to 1e-9."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return pytest.approx(value, rel=1e-9, abs=1e-9)


def field(result: object, name: str) -> Any:
    """A field of a result, tuples as the lists of JSON."""
    value = getattr(result, name)
    return list(value) if isinstance(value, tuple) else value


def agrees(
    result: object, key: str, *, renamed: Mapping[str, str] | None = None, without: set[str] | None = None
) -> None:
    """Assert that every value of the worked example `key` stands in the field of that name (or its `renamed` one)."""
    expected = {name: value for name, value in ORACLE[key].items() if name not in (without or set())}
    found = {name: field(result, (renamed or {}).get(name, name)) for name in expected}
    assert found == {name: close(value) for name, value in expected.items()}
