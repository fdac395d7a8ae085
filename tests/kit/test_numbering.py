"""Numbers people read aloud."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxorders.kit.numbering import key_of, number


def test_a_number_names_kind_year_and_key() -> None:
    assert number("WT", datetime(2026, 3, 2, tzinfo=UTC), 3187) == "WT-26-03187"
    assert number("DD", datetime(2026, 3, 2, tzinfo=UTC), 1_045_188) == "DD-26-1045188"


def test_the_year_is_the_one_in_shanghai() -> None:
    assert number("DD", datetime(2025, 12, 31, 16, 0, tzinfo=UTC), 1) == "DD-26-00001"
    assert number("DD", datetime(2025, 12, 31, 15, 59, tzinfo=UTC), 1) == "DD-25-00001"


@given(key=st.integers(1, 10**12 - 1), year=st.integers(2020, 2099))
def test_a_number_leads_back_to_its_key(key: int, year: int) -> None:
    text = number("TY", datetime(year, 6, 1, tzinfo=UTC), key)

    assert key_of("TY", text) == key
    assert key_of("TY", f"  {text.lower()} ") == key
    assert key_of("WT", text) is None


@pytest.mark.parametrize("text", ["", "WT", "WT-26", "WT-26-1", "WT-2026-00001", "26-00001", "WT-26-00001x", "问题"])
def test_anything_else_is_no_number(text: str) -> None:
    assert key_of("WT", text) is None


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert key_of("WT", text) is None or text.strip().upper().startswith("WT-")
