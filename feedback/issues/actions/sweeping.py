"""What the sweeps do to issues, and how they pass on when a person leaves."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from cxorders.journal import actions as journal
from cxorders.journal.models import Entry
from cxorders.kit.among import among
from cxorders.organisation.models import User
from feedback.issues.actions.handling import resume
from feedback.issues.actions.placing import changed
from feedback.issues.enums import RUNNING_STATES
from feedback.issues.models import Issue, IssuePause

BATCH = 1000


def mark_overdue(at: datetime) -> int:
    """Mark every running issue whose due time lies before `at` as overdue since that due time (ES-02).

    Set-based, in batches of their own transaction: mark, one journal row per issue dated at the missed due time,
    IssueChanged. Running twice, or after days of standstill, marks each once. Returns how many were marked.
    """
    marked = 0
    while batch := _mark_batch(at):
        marked += batch
    return marked


@transaction.atomic
def _mark_batch(at: datetime) -> int:
    late = Issue.objects.filter(among("state", RUNNING_STATES), overdue_at=None, due_at__lt=at).order_by("due_at")
    issues = list(late.select_for_update(skip_locked=True, of=("self",))[:BATCH])
    Issue.objects.filter(pk__in=[issue.pk for issue in issues], overdue_at=None).update(overdue_at=F("due_at"))
    Entry.objects.bulk_create(
        Entry(
            unit_id=issue.unit_id,
            company_id=issue.company_id,
            verb="issue.overdue",
            subject_label=Issue._meta.label_lower,
            subject_id=issue.pk,
            at=issue.due_at or at,
            data={"rule": "ES-02", "found_at": at.isoformat()},
        )
        for issue in issues
    )
    for issue in issues:
        changed(issue, at)
    return len(issues)


def end_pauses(at: datetime) -> int:
    """Start every clock again whose pause was to end by `at`, as of the moment it was to end (metrics 0.5)."""
    ended = 0
    for row in IssuePause.objects.filter(ended_at=None, auto_end_at__lte=at).select_related("issue").order_by("pk"):
        resume(row.issue, by=None, at=row.auto_end_at)
        ended += 1
    return ended


def open_held_by(user: User) -> int:
    """How many open issues `user` answers for."""
    return Issue.objects.open().filter(owner=user).count()


@transaction.atomic
def hand_over(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Pass every open issue of `user` to `successor`, with the running rounds; one journal row each (X2, §14)."""
    for issue in Issue.objects.open().filter(owner=user).order_by("pk").select_for_update(of=("self",)):
        Issue.objects.filter(pk=issue.pk).update(owner=successor)
        issue.rounds.filter(closed_at=None).update(owner=successor)
        journal.record(issue, "issue.handed_over", by=by, at=at, before=user.name, owner=successor.name)
