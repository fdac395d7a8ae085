"""What became of records and what stands open at the stages of an order, for pages of the rooms below."""

from collections.abc import Mapping, Sequence

from django.db.models import Q
from django.urls import reverse

from cxorders.organisation.models import User
from feedback.intake.models import Record
from feedback.intake.panels import Fate
from feedback.issues.models import Issue, IssueRecord
from touchpoints.orders.models import Order
from touchpoints.orders.panels import StageMark


def fates_of_records(records: Sequence[Record], user: User) -> Mapping[int, Fate]:
    """Record key → what became of it, for a whole page in three queries.

    The author of a record is told its fate (X3) also where the issue is out of reach, as after joining one that
    somebody else opened; then without a link.
    """
    keys = [record.pk for record in records]
    own = {record.pk for record in records if record.collector_id == user.pk}
    links = dict(IssueRecord.objects.filter(record_id__in=keys).values_list("record_id", "issue_id"))
    about = Q(record_id__in=keys) | Q(pk__in=sorted(set(links.values())))
    issues = {issue.pk: issue for issue in Issue.objects.filter(about).select_related("unit", "owner", "severity")}
    links |= {issue.record_id: issue.pk for issue in issues.values() if issue.record_id in keys}
    seen = set(Issue.objects.visible_to(user).filter(pk__in=sorted(issues)).values_list("pk", flat=True))
    return {
        key: _fate(issues[issue], linked=issue in seen) for key, issue in links.items() if issue in seen or key in own
    }


def _fate(issue: Issue, *, linked: bool) -> Fate:
    return Fate(
        number=issue.number,
        url=reverse("issues:detail", args=[issue.number]) if linked else "",
        state=issue.state,
        severity=issue.severity.code if issue.severity else "",
        holder=f"{issue.unit.name} · {issue.owner.name}" if issue.owner else issue.unit.name,
        due_at=issue.due_at if issue.is_open and issue.replied_at is None else None,
        overdue=issue.overdue_at is not None and issue.replied_at is None,
        answer=issue.reply_text,
        closed_at=issue.closed_at,
    )


def stage_marks(order: Order, user: User) -> dict[int, StageMark]:
    """Stage key → its open issues, for the journey of an order."""
    rows = Issue.objects.visible_to(user).open().filter(order=order, stage__isnull=False)
    marks: dict[int, StageMark] = {}
    for issue in rows.order_by("opened_at", "pk"):
        if issue.stage_id is not None:
            mark = marks.setdefault(issue.stage_id, StageMark())
            mark.issues += 1
            mark.issues_url = mark.issues_url or reverse("issues:detail", args=[issue.number])
    return marks
