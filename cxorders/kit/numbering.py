"""Numbers people read aloud: prefix, year, running number, e.g. `WT-26-03187` (issue), `DD-26-104518` (order).

The number is derived from the year the row was opened and its key; nothing is stored, so no counter can
become a bottleneck or leave two rows with one number.
"""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_PATTERN = re.compile(r"^([A-Z]{2})-(\d{2})-(\d{5,12})$")


def number(prefix: str, opened_at: datetime, key: int) -> str:
    """The number of row `key` opened at `opened_at` (aware; the year is the one in Asia/Shanghai)."""
    year = opened_at.astimezone(BUSINESS_ZONE).year % 100
    return f"{prefix}-{year:02d}-{key:05d}"


def key_of(prefix: str, text: str) -> int | None:
    """The row key inside a number a person typed, or None when it is no number of this kind."""
    match = _PATTERN.match(text.strip().upper())
    if match is None or match[1] != prefix or int(match[3]) >= 2**63:
        return None
    return int(match[3])
