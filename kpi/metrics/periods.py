"""Months of the business: half-open [start, end) in Asia/Shanghai, when they freeze, how they are written (C1, C4)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from cxorders.kit.errors import BusinessError
from cxorders.kit.numbering import BUSINESS_ZONE

_TEXT = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
FREEZE_AFTER = timedelta(days=2)
"""P1: the data of a month freeze at the end of the second day of the next one"""


class WrongPeriod(BusinessError):
    """A period is a month, written 2026-10."""

    code = "period_wrong"
    zh = "月份要写成 2026-10 这样，“{text}”不是。"
    en = "A month is written like 2026-10; “{text}” is not."


def start_of(day: date) -> datetime:
    """The first instant of the local day."""
    return datetime.combine(day, time(), BUSINESS_ZONE)


def local_day(at: datetime) -> date:
    """The local day of an instant."""
    return at.astimezone(BUSINESS_ZONE).date()


def month_of(day: date) -> date:
    """The first day of the month of `day`."""
    return day.replace(day=1)


def month_after(first: date, steps: int = 1) -> date:
    """The first day of the month `steps` after (or before, when negative) that of `first`."""
    count = first.year * 12 + first.month - 1 + steps
    return date(count // 12, count % 12 + 1, 1)


@dataclass(frozen=True, order=True)
class Month:
    """One local month."""

    first: date

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month of "2026-10". Raises WrongPeriod."""
        match = _TEXT.fullmatch(text.strip())
        if match is None:
            raise WrongPeriod(field="period", text=text)
        return cls(date(int(match[1]), int(match[2]), 1))

    @classmethod
    def at(cls, moment: datetime) -> "Month":
        """The month an instant lies in."""
        return cls(month_of(local_day(moment)))

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    def shifted(self, steps: int) -> "Month":
        """The month so many after this one."""
        return Month(month_after(self.first, steps))

    @property
    def last(self) -> date:
        """The last day."""
        return month_after(self.first) - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """The first instant."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The first instant of the next month."""
        return start_of(month_after(self.first))

    @property
    def freezes_at(self) -> datetime:
        """The instant from which nothing more is booked in this month (P1, C4)."""
        return self.end + FREEZE_AFTER
