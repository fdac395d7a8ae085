"""Limits as people read them, in both languages."""

from typing import Any

import pytest
from django.utils import translation

from touchpoints.catalogue.enums import LimitUnit
from touchpoints.catalogue.tightening import is_tighter
from touchpoints.catalogue.wording import amount, limit, unit_name
from touchpoints.standards.loading import UNITS


@pytest.mark.parametrize(
    ("op", "value", "unit", "zh"),
    [
        ("<=", 15, "MIN", "≤ 15 分钟"),
        ("<=", 0.5, "WD", "≤ 0.5 工作日"),
        (">=", 95, "%", "≥ 95%"),
        ("<=", 0.1, "%", "≤ 0.1%"),
        ("between", [7, 15], "WD", "7–15 工作日"),
        ("between", [3, 7], "CD", "3–7 自然日"),
        ("not_in", ["22:00", "06:00"], "TIME", "22:00–06:00 之间不做"),
        (">=", 72, "CH", "≥ 72 小时"),
        ("<=", 4, "WH", "≤ 4 工作时"),
        ("<=", 12, "MONTH", "≤ 12 个月"),
        ("<=", 15, "SEC", "≤ 15 秒"),
        ("<=", 3, "RINGS", "≤ 3 声铃响"),
        ("<=", 1, "PER_30D", "≤ 每 30 天 1 次"),
        (">=", 2, "TIMES", "≥ 2 倍"),
        ("<=", 123456, "MIN", "≤ 123456 分钟"),
        ("<=", 7, "", "≤ 7"),
    ],
)
def test_limits_in_chinese(op: str, value: Any, unit: str, zh: str) -> None:
    assert limit(op, value, unit) == zh


def test_every_unit_of_the_file_has_words() -> None:
    assert set(UNITS) == set(LimitUnit.values)
    assert all(unit_name(unit) for unit in UNITS)


def test_a_limit_needs_no_language_to_be_complete() -> None:
    with translation.override(None):
        assert amount(15, "%") == "15%"


def test_an_unknown_operator_is_never_tighter() -> None:
    assert is_tighter("~", 1, 0) is False
