"""Numbers, spans of time, dates and phone numbers as people read them (STYLE §3, §4).

Pure: values in, text out, no clock. Aware datetimes are shown in the active time zone; words follow the
active language. Rounding is half-up and always starts from the unrounded value.
"""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal
NOTHING = "—"
MINUS = "−"
WEEKDAYS_ZH = "一二三四五六日"
SMALL, FULL = 10, 30


def half_up(value: Number, places: int = 1) -> Decimal:
    """`value` with `places` decimals, a half rounded away from zero: 74.45 → 74.5."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: Number | None, places: int = 0) -> str:
    """`value` with thousands commas, a true minus sign, and `—` for nothing."""
    if value is None:
        return NOTHING
    rounded = half_up(value, places)
    text = f"{abs(rounded):,.{places}f}"
    return MINUS + text if rounded < 0 else text


def score(value: Number | None) -> str:
    """A score or a percentage with its one decimal, without unit: 92.1765 → 92.2."""
    return number(value, 1)


def percent(ratio: Number | None) -> str:
    """A ratio from 0 to 1 as a percentage: 0.92375 → 92.4%."""
    return NOTHING if ratio is None else f"{number(Decimal(str(ratio)) * 100, 1)}%"


def signed(value: Number | None, places: int = 1) -> str:
    """A change with its sign: +2.6, −3.0, 0.0."""
    if value is None:
        return NOTHING
    text = number(value, places)
    return f"+{text}" if half_up(value, places) > 0 else text


def interval(low: Number | None, high: Number | None, places: int = 1) -> str:
    """A confidence interval in the unit of its figure: 90.1–94.2."""
    return NOTHING if low is None or high is None else f"{number(low, places)}–{number(high, places)}"


def sample(n: int | None) -> str:
    """What a figure on `n` cases may say: `none` (0), `low` (1–9), `hint` (10–29) or `full` (metrics 0.2)."""
    if not n:
        return "none"
    if n < SMALL:
        return "low"
    return "hint" if n < FULL else "full"


def duration(span: timedelta | None) -> str:
    """Clock time: 22 分 · 1 时 15 分 · 1 天 3 时 · 12 天. A negative span is shown by its length."""
    if span is None:
        return NOTHING
    minutes = int(abs(span).total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days > 1 or (days and not hours):
        return _("%(days)s 天") % {"days": days}
    if days:
        return _("%(days)s 天 %(hours)s 时") % {"days": days, "hours": hours}
    if hours and minutes:
        return _("%(hours)s 时 %(minutes)s 分") % {"hours": hours, "minutes": f"{minutes:02d}"}
    if hours:
        return _("%(hours)s 时") % {"hours": hours}
    return _("%(minutes)s 分") % {"minutes": minutes}


def working(span: timedelta | None) -> str:
    """Working time, days not folded: 22 分 · 13 工作时 · 13 工作时 18 分."""
    if span is None:
        return NOTHING
    hours, minutes = divmod(int(abs(span).total_seconds() // 60), 60)
    if hours and minutes:
        return _("%(hours)s 工作时 %(minutes)s 分") % {"hours": hours, "minutes": minutes}
    if hours:
        return _("%(hours)s 工作时") % {"hours": hours}
    return _("%(minutes)s 分") % {"minutes": minutes}


def working_days(count: int | None) -> str:
    """A whole number of working days: 5 工作日."""
    return NOTHING if count is None else _("%(days)s 工作日") % {"days": count}


def mask_phone(phone: str | None) -> str:
    """A number nobody can call: 138****6721; shorter ones keep their last four digits at most."""
    digits = "".join(c for c in phone or "" if c.isdigit())
    if not digits:
        return NOTHING
    if len(digits) >= 11:
        return f"{digits[:3]}****{digits[-4:]}"
    return "****" + digits[max(len(digits) - 4, len(digits) // 2) :]


def spaced_phone(phone: str | None) -> str:
    """A number to be read out: 138 0000 6721. Other lengths stay as they are."""
    text = (phone or "").strip()
    if not text:
        return NOTHING
    return f"{text[:3]} {text[3:7]} {text[7:]}" if len(text) == 11 and text.isdigit() else text


def _local(at: date | datetime) -> date | datetime:
    return timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _clock(at: date | datetime) -> str:
    return f"{at:%H:%M}" if isinstance(at, datetime) else ""


def date_prose(at: date | datetime | None) -> str:
    """A day, and the time where there is one, in a sentence: 11 月 25 日（三）17:30 · Wed 25 Nov, 17:30."""
    if at is None:
        return NOTHING
    at = _local(at)
    clock = _clock(at)
    if _english():
        return date_format(at, "D j M") + (f", {clock}" if clock else "")
    return f"{at.month} 月 {at.day} 日（{WEEKDAYS_ZH[at.weekday()]}）{clock}"


def day_prose(at: date | datetime | None) -> str:
    """The day alone in a sentence: 11 月 25 日 · 25 Nov."""
    if at is None:
        return NOTHING
    at = _local(at)
    return date_format(at, "j M") if _english() else f"{at.month} 月 {at.day} 日"


def weekday_mark(at: date) -> str:
    """The weekday in a narrow column: 六 · Sat."""
    return date_format(at, "D") if _english() else WEEKDAYS_ZH[at.weekday()]


def month_prose(at: date | datetime | None) -> str:
    """The month of a period: 2026 年 10 月 · October 2026."""
    if at is None:
        return NOTHING
    at = _local(at)
    return date_format(at, "F Y") if _english() else f"{at.year} 年 {at.month} 月"


def date_table(at: date | datetime | None, reference: date | datetime | None = None) -> str:
    """A cell: 11-25 17:30; with the year when `reference` (usually now) lies in another one."""
    if at is None:
        return NOTHING
    at = _local(at)
    other_year = reference is not None and _local(reference).year != at.year
    return f"{at:%Y-%m-%d}" if other_year else f"{at:%m-%d} {_clock(at)}".strip()


def date_export(at: date | datetime | None) -> str:
    """A day for files: 2026-11-25."""
    return NOTHING if at is None else f"{_local(at):%Y-%m-%d}"


def moment(at: datetime | None, now: datetime) -> str:
    """A moment near `now`: 今天 11:50 · 明天 09:00 · 昨天 16:20, further off as in a table."""
    if at is None:
        return NOTHING
    here = timezone.localtime(at)
    days = (here.date() - timezone.localtime(now).date()).days
    clock = {"clock": _clock(here)}
    if days == 0:
        return _("今天 %(clock)s") % clock
    if days == 1:
        return _("明天 %(clock)s") % clock
    if days == -1:
        return _("昨天 %(clock)s") % clock
    return date_table(at, now)
