"""The one verb of the journal, and its row for those who write many at once."""

from datetime import datetime
from typing import Any

from django.db import models

from cxorders.journal.models import Entry
from cxorders.kit.inserting import insert


def entry_of(
    subject: models.Model,
    verb: str,
    *,
    by: Any | None,
    at: datetime,
    unit_id: int | None = None,
    company_id: int | None = None,
    **data: Any,
) -> Entry:
    """The row `record` would write, not written: for loads in bulk, which write a thousand at once."""
    return Entry(
        actor_id=getattr(by, "pk", None),
        actor_name=getattr(by, "name", "") or "",
        unit_id=unit_id if unit_id is not None else getattr(subject, "unit_id", None),
        company_id=company_id if company_id is not None else getattr(subject, "company_id", None),
        verb=verb,
        subject_label=subject._meta.label_lower,
        subject_id=subject.pk,
        at=at,
        data=data,
    )


def record(
    subject: models.Model,
    verb: str,
    *,
    by: Any | None,
    at: datetime,
    unit_id: int | None = None,
    company_id: int | None = None,
    **data: Any,
) -> Entry:
    """Write one row: `by` (a user, None for the system) did `verb` to `subject` at `at`.

    `verb` is `<capability>.<act>`, e.g. "issue.replied". `data` must be JSON and holds what a reader of the
    timeline needs (from, to, reason …), never a password or a full phone number. Unit and company default to
    the subject's own, so that scope questions need no join.
    """
    return insert(entry_of(subject, verb, by=by, at=at, unit_id=unit_id, company_id=company_id, **data))
