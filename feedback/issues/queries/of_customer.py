"""What issues say on the customer page: what is open, what was not put right, why the customer probably calls.

That something is open, until when and who answers is told to everybody who serves the customer; the words of an issue
and its page only where the issue itself is in reach.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.customers.panels import Clue, Flag, Reason, Told, Why
from cxorders.kit.formats import date_prose, day_prose
from cxorders.kit.panels import Panel
from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.intake.models import Record
from feedback.issues.enums import RUNNING_STATES, ClosedHow, IssueState
from feedback.issues.models import Issue

MOST = 8
INTEGRITY = "IC-INT"
"""what is said about honesty stays with those who look into it (RT-12)"""


@dataclass(frozen=True)
class Open:
    """One open issue of the customer, and whether this person may open it."""

    issue: Issue
    opens: bool

    @property
    def what(self) -> str:
        """The title where it may be read, else the kind of matter."""
        if self.opens:
            return self.issue.title
        return self.issue.category.name if self.issue.category is not None else _("一个未结问题")


@dataclass(frozen=True)
class OpenIssues:
    """Open issues for the block on the customer page."""

    rows: list[Open]

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self.rows)


def told_of_customer(customer: Customer, user: User, at: datetime) -> Told:
    """Open issues, those told again, those that wait for an answer, the dissatisfied flag. Four queries."""
    rows = _open_of(customer, user)
    flags = _dissatisfied(customer)
    waiting = [row for row in rows if row.issue.state in RUNNING_STATES]
    panels = [Panel("feedback/issues/_of_customer.html", OpenIssues(rows))] if rows else []
    return Told(
        panels=panels,
        flags=flags,
        clues=[clue for row in rows for clue in _again(row)],
        reasons=[_asks_for_answer(row, at) for row in waiting],
    )


def _open_of(customer: Customer, user: User) -> list[Open]:
    rows = Issue.objects.open().filter(customer_id__in=customer.keys)
    rows = rows.exclude(category__group__code=INTEGRITY).select_related("severity", "unit", "owner", "category")
    found = list(rows.order_by(F("due_at").asc(nulls_last=True), "pk")[:MOST])
    opens: set[int] = set()
    if found and may(user, "issue.read"):
        keys = [issue.pk for issue in found]
        opens = set(Issue.objects.visible_to(user).filter(pk__in=keys).order_by().values_list("pk", flat=True))
    return [Open(issue, issue.pk in opens) for issue in found]


def _url(row: Open) -> str:
    return reverse("issues:detail", args=[row.issue.number]) if row.opens else ""


def _again(row: Open) -> list[Clue]:
    """The same matter told again, or not solved by the first answer."""
    issue = row.issue
    source = _("问题 %(number)s，%(unit)s") % {"number": issue.number, "unit": issue.unit.name}
    if issue.reopened_count:
        text = _("答复过仍没解决，已重开：别再请客户等通知")
        return [Clue(text, source, _url(row), "bad", "rotate-2", row.what)]
    if issue.contacts_count == 2:
        return [Clue(_("同一问题第二次反映：并入，不另开"), source, _url(row), "bad", "message-2", row.what)]
    if issue.contacts_count > 2:
        text = _("同一问题第 %(n)s 次反映：并入，不另开") % {"n": issue.contacts_count}
        return [Clue(text, source, _url(row), "bad", "message-2", row.what)]
    return []


def _asks_for_answer(row: Open, at: datetime) -> Reason:
    issue = row.issue
    text = _("“%(what)s”什么时候有答复") % {"what": row.what}
    said = {"number": issue.number, "at": date_prose(issue.due_at) if issue.due_at else ""}
    if issue.due_at is None:
        source = _("问题 %(number)s 还没有答复") % said
    elif issue.due_at < at:
        source = _("问题 %(number)s 应在 %(at)s 前答复，已超时") % said
    else:
        source = _("问题 %(number)s 应在 %(at)s 前答复") % said
    return Reason(Why.ISSUE_WAITING, text, source, _url(row), issue.due_at)


def _dissatisfied(customer: Customer) -> list[Flag]:
    """The flag, while the latest negative record of the customer was not put right to the customer's satisfaction."""
    negative = Record.objects.filter(customer_id__in=customer.keys, negative=True)
    record = negative.order_by("-submitted_at", "-pk").values("pk", "occurred_at").first()
    if record is None:
        return []
    opened, joined = Q(record_id=record["pk"]), Q(joined_records__record_id=record["pk"])
    ends = Issue.objects.order_by().values_list("state", "closed_how")
    told = list(ends.filter(opened).union(ends.filter(joined)))
    if told and told[0] == (IssueState.CLOSED, ClosedHow.CONFIRMED):
        return []
    return [Flag(_("不满意未平复 · %(day)s") % {"day": day_prose(record["occurred_at"])}, "bad", "mood-sad")]


def count_of(keys: Sequence[int]) -> Mapping[int, int]:
    """Customer key → number of issues."""
    rows = Issue.objects.filter(customer_id__in=keys).order_by().values_list("customer_id")
    return {key: many for key, many in rows.annotate(many=Count("pk")) if key is not None}
