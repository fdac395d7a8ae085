"""The bench of inspectors and auditors: the newest records of every company, bad ones first, and the ways to proof."""

from datetime import datetime
from typing import Any

from cxorders.organisation.models import User
from feedback.intake import panels
from feedback.intake.models import Record
from feedback.intake.queries import Wanted, page_of

MOST_BAD, MOST_NEW = 8, 6


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench: sealed words, newest first. Six queries."""
    bad = page_of(user, Wanted(negative=True), size=MOST_BAD).records
    new = page_of(user, Wanted(), size=MOST_NEW).records
    fates = panels.fates([*bad, *new], user)
    return {"bad": _rows(bad, fates), "new": _rows(new, fates)}


def _rows(records: list[Record], fates: dict[int, panels.Fate]) -> list[dict[str, Any]]:
    return [{"record": record, "fate": fates.get(record.pk)} for record in records]
