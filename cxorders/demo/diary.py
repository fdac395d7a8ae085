"""The journal of the simulated group: the rows the verbs would have written, with the same verbs and data."""

from datetime import datetime, timedelta
from json.encoder import encode_basestring
from typing import Any

from cxorders.demo.bulk import Lane
from cxorders.journal.models import Entry

KEPT = timedelta(days=92)
"""orders, records and call-backs that ended longer ago have no journal any more; issues always have theirs"""

Note = tuple[str, int | None, datetime, int | None, str]
"""verb, person, moment, unit (None: that of the subject), data as JSON"""

_PLAIN = {True: "true", False: "false", None: "null"}


def _text(data: dict[str, Any]) -> str:
    """Words, numbers, flags and nothing by name, as JSON."""
    parts = []
    for name, value in data.items():
        if value.__class__ is str:
            parts.append(f'"{name}":{encode_basestring(value)}')
        elif value is None or value is True or value is False:
            parts.append(f'"{name}":{_PLAIN[value]}')
        else:
            parts.append(f'"{name}":{int(value)}')
    return "{" + ",".join(parts) + "}"


class Diary:
    """Queues journal rows; `names` are the people by key."""

    def __init__(self, names: dict[int, str], now: datetime, lane: Lane) -> None:
        self.entries = lane.table(Entry)
        self.names, self.since = names, now - KEPT

    def name(self, person: int | None) -> str:
        """The name of a person, empty for the system."""
        return self.names.get(person, "") if person is not None else ""

    def write(
        self, label: str, key: int, verb: str, *, by: int | None, at: datetime, unit: int | None, company: int | None,
        data: str,
    ) -> None:  # fmt: skip
        """One row; `data` is JSON text."""
        self.entries.add(
            actor_id=by,
            actor_name=self.names.get(by, "") if by is not None else "",
            unit_id=unit,
            company_id=company,
            verb=verb,
            subject_label=label,
            subject_id=key,
            at=at,
            data=data,
        )


class Story:
    """The journal of one subject while it is simulated; written at the end, all of it or nothing."""

    __slots__ = ("company", "diary", "key", "label", "notes", "unit")

    def __init__(self, diary: Diary, label: str, key: int, unit: int | None, company: int) -> None:
        self.diary, self.label, self.key, self.unit, self.company = diary, label, key, unit, company
        self.notes: list[Note] = []

    def note(self, verb: str, by: int | None, at: datetime, /, *, unit_id: int | None = None, **data: Any) -> None:
        """What `by` (None: the system) did at `at`."""
        self.notes.append((verb, by, at, unit_id, _text(data)))

    def told(self, verb: str, by: int | None, at: datetime, unit: int | None, data: str) -> None:
        """As `note`, with data that is JSON text already."""
        self.notes.append((verb, by, at, unit, data))

    def write(self) -> None:
        """Queue the rows in the order they happened; of one moment in the order they were told."""
        self.notes.sort(key=_moment)
        for verb, by, at, unit, data in self.notes:
            self.diary.write(
                self.label, self.key, verb, by=by, at=at, unit=unit or self.unit, company=self.company, data=data
            )

    @property
    def is_recent(self) -> bool:
        """Whether something happened lately."""
        return any(note[2] >= self.diary.since for note in self.notes)


def _moment(note: Note) -> datetime:
    return note[2]
