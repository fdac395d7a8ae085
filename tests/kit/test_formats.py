"""Numbers, spans, dates and phone numbers as STYLE §3 and §4 write them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation

from cxorders.kit import formats

SHANGHAI = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 11, 25, 17, 30, tzinfo=SHANGHAI)
NOW = datetime(2026, 11, 24, 10, 12, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (92.1765, 1, "92.2"),
        (74.45, 1, "74.5"),
        (0.05, 1, "0.1"),
        (-0.04, 1, "0.0"),
        (-2.25, 1, "−2.3"),
        (1843, 0, "1,843"),
        (1000000, 0, "1,000,000"),
        (Decimal("2.675"), 2, "2.68"),
        (None, 1, "—"),
    ],
)
def test_numbers_round_half_up_from_the_unrounded_value(value: float | None, places: int, shown: str) -> None:
    assert formats.number(value, places) == shown


def test_percent_takes_a_ratio() -> None:
    assert [formats.percent(r) for r in (0.92375, 0, 1, None)] == ["92.4%", "0.0%", "100.0%", "—"]


def test_changes_carry_their_sign() -> None:
    assert [formats.signed(v) for v in (2.6, -3, 0, 0.04, None)] == ["+2.6", "−3.0", "0.0", "0.0", "—"]


def test_an_interval_uses_an_en_dash_and_repeats_no_unit() -> None:
    assert formats.interval(90.14, 94.15) == "90.1–94.2"
    assert formats.interval(None, 94.15) == "—"


def test_small_samples_have_four_classes() -> None:
    assert [formats.sample(n) for n in (None, 0, 1, 9, 10, 29, 30, 648)] == [
        "none", "none", "low", "low", "hint", "hint", "full", "full",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [
        (0, "0 分"),
        (22, "22 分"),
        (60, "1 时"),
        (65, "1 时 05 分"),
        (75, "1 时 15 分"),
        (1440, "1 天"),
        (1620, "1 天 3 时"),
        (12 * 1440 + 300, "12 天"),
        (-75, "1 时 15 分"),
    ],
)
def test_durations(minutes: int, shown: str) -> None:
    assert formats.duration(timedelta(minutes=minutes)) == shown


def test_working_time_is_never_folded_into_days() -> None:
    spans = (timedelta(minutes=22), timedelta(hours=13), timedelta(hours=37, minutes=30), None)

    assert [formats.working(s) for s in spans] == ["22 分", "13 工作时", "37 工作时 30 分", "—"]
    assert formats.working_days(5) == "5 工作日"


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812346721", "138****6721"),
        ("138 1234 6721", "138****6721"),
        ("0571-88881234", "057****1234"),
        ("88881234", "****1234"),
        ("12319", "****319"),
        ("110", "****10"),
        ("", "—"),
        (None, "—"),
    ],
)
def test_a_masked_number_cannot_be_called(phone: str | None, masked: str) -> None:
    assert formats.mask_phone(phone) == masked


def test_a_number_to_read_out_is_spaced() -> None:
    assert formats.spaced_phone("13800006721") == "138 0000 6721"
    assert formats.spaced_phone("0571-88881234") == "0571-88881234"


def test_dates_in_chinese() -> None:
    assert formats.date_prose(DUE) == "11 月 25 日（三）17:30"
    assert formats.date_prose(date(2026, 11, 1)) == "11 月 1 日（日）"
    assert formats.day_prose(DUE) == "11 月 25 日"
    assert formats.month_prose(date(2026, 10, 1)) == "2026 年 10 月"
    assert formats.date_table(DUE) == "11-25 17:30"
    assert formats.date_table(date(2026, 11, 25)) == "11-25"
    assert formats.date_table(DUE, datetime(2027, 1, 3, tzinfo=SHANGHAI)) == "2026-11-25"
    assert formats.date_export(DUE) == "2026-11-25"
    assert formats.date_prose(None) == formats.date_table(None) == "—"


def test_dates_in_english() -> None:
    with translation.override("en"):
        assert formats.date_prose(DUE) == "Wed 25 Nov, 17:30"
        assert formats.day_prose(DUE) == "25 Nov"
        assert formats.month_prose(date(2026, 10, 1)) == "October 2026"


def test_stored_times_are_shown_in_the_active_zone() -> None:
    with timezone.override(SHANGHAI):
        assert formats.date_table(datetime(2026, 11, 25, 16, 30, tzinfo=UTC)) == "11-26 00:30"


def test_near_moments_say_the_day() -> None:
    with timezone.override(SHANGHAI):
        near = [
            NOW.replace(hour=11, minute=50),
            NOW + timedelta(days=1),
            NOW - timedelta(days=1),
            DUE + timedelta(days=5),
        ]

        assert [formats.moment(at, NOW) for at in near] == ["今天 11:50", "明天 10:12", "昨天 10:12", "11-30 17:30"]
