"""The rows behind a number: counted, not counted and why, left out. The same conditions as the counts."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cxorders.organisation.models import User
from feedback.intake.enums import NoAnswer
from feedback.intake.models import Record
from feedback.issues.models import Issue, Round
from kpi.metrics.definitions import CLOSURE, COMPENSATED, COVERAGE, CSAT, ON_TIME, REPORTING
from kpi.metrics.enums import Answered
from kpi.metrics.models import MetricValue
from kpi.metrics.periods import Month
from kpi.metrics.queries import facts
from kpi.metrics.queries.compensating import owed_rows
from kpi.metrics.queries.facts import Window
from kpi.metrics.queries.paging import (
    BASE,
    COUNTED,
    EXCLUDED,
    MISSED,
    PAGE,
    Row,
    Rows,
    below,
    mark_of,
    page_by,
    seen_of,
)
from kpi.metrics.queries.probe_rows import expected_probes, reported

SATISFIED = 4


def size_of(value: MetricValue, part: str) -> int:
    """How many rows `part` of a value has; the row lists have exactly as many."""
    left_out = sum(value.excluded.values())
    missed = value.denominator - value.numerator
    return {BASE: value.denominator, COUNTED: value.numerator, MISSED: missed, EXCLUDED: left_out}[part]


def rows_behind(value: MetricValue, part: str, *, user: User, after: str = "", limit: int = PAGE) -> Rows:
    """The rows of `part` (base, counted, missed, excluded) behind `value`, the latest first, from `after` on.

    Facts of the unit and everything below it, as known at the cut-off of the value. Three queries, whatever n.
    """
    window = Window(Month.parse(value.period), value.cut_off_at)
    return _READERS[value.code](value, part, window, user, after, limit)


# ---- M01 ---------------------------------------------------------------------------------------------------------


def _answers(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    own_only = value.extra.get("official") == Answered.CUSTOMER
    official = facts.typed_by(Answered.CUSTOMER) if own_only else Q()
    gone = facts.typed_by(Answered.CUSTOMER) & facts.replaced(window, Answered.CUSTOMER)
    if not own_only:
        gone |= facts.typed_by(Answered.STAFF) & facts.replaced(window, Answered.STAFF)
    rated = Q(rating__isnull=False)
    conditions = {
        BASE: rated & official & ~gone,
        COUNTED: Q(rating__gte=SATISFIED) & official & ~gone,
        MISSED: Q(rating__lt=SATISFIED) & official & ~gone,
        EXCLUDED: ~rated | ~official | (rated & official & gone) if own_only else ~rated | (rated & gone),
    }
    records = facts.booked(window).filter(conditions[part], below(value.unit)).select_related("key_point")
    page, more = page_by(records, "occurred_at", after, limit)
    seen = seen_of(Record.objects.visible_to(user), page)
    rows = [_answer_row(record, part, own_only, record.pk in seen) for record in page]
    return Rows(rows, mark_of(page[-1].occurred_at, page[-1].pk) if more else "")


def _answer_row(record: Record, part: str, own_only: bool, visible: bool) -> Row:
    if part == EXCLUDED:
        reason, icon = _why_no_answer(record, own_only)
    else:
        reason, icon = _("评 %(rating)s 分") % {"rating": record.rating}, "circle-check"
        if record.rating is not None and record.rating < SATISFIED:
            icon = "mood-empty" if record.rating > 2 else "mood-sad"
    return Row(
        kind="record",
        number=record.number,
        title=(record.verbatim[:60] or record.key_point.name) if visible else "",
        at=record.occurred_at,
        reason=reason,
        icon=icon,
        counts=part != EXCLUDED and (record.rating or 0) >= SATISFIED,
        visible=visible,
        rating=record.rating,
    )


def _why_no_answer(record: Record, own_only: bool) -> tuple[str, str]:
    if record.rating is None:
        known = dict(NoAnswer.choices).get(record.no_answer)
        return str(known) if known else _("客户没有评分"), "circle-minus"
    if own_only and record.source != Answered.CUSTOMER:
        return _("员工代录，另行列示"), "user"
    return _("24 小时内同一客户改评，以最后一次为准"), "replace"


# ---- M11, M15 ----------------------------------------------------------------------------------------------------


def _answered_rounds(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    return _rounds(
        facts.due(window), facts.ON_TIME, "due_at", _why_late, value, part, window, user, after, limit
    )  # fmt: skip


def _closed_rounds(value: MetricValue, part: str, window: Window, user: User, after: str, limit: int) -> Rows:
    return _rounds(
        facts.closure_due(window), facts.CLOSED_LOOP, "closure_due_at", _why_open, value, part, window, user, after,
        limit,
    )  # fmt: skip


def _rounds(
    population: QuerySet[Round], met: Q, limit_name: str, why: Callable[[Round, Window], tuple[str, str]],
    value: MetricValue, part: str, window: Window, user: User, after: str, limit: int,
) -> Rows:  # fmt: skip
    met_keys = population.filter(met).order_by().values("pk")  # NOT of a condition on empty times would be unknown
    conditions = {
        BASE: ~facts.EXEMPT,
        COUNTED: met,
        MISSED: ~facts.EXEMPT & ~Q(pk__in=met_keys),
        EXCLUDED: facts.EXEMPT,
    }
    rounds = population.filter(conditions[part], below(value.unit)).select_related("issue")
    page, more = page_by(rounds, limit_name, after, limit)
    seen = seen_of(Issue.objects.visible_to(user), [row.issue for row in page])
    rows = []
    for one in page:
        reason, icon = (one.exempt_reason, "shield-check") if one.exempt_reason else why(one, window)
        rows.append(
            Row(
                kind="issue",
                number=one.issue.number,
                title=one.issue.title if one.issue_id in seen else "",
                at=getattr(one, limit_name),
                reason=reason or (_("返工按时") if one.rework else _("按时")),
                icon=icon,
                counts=not one.exempt_reason and not reason,
                visible=one.issue_id in seen,
            )
        )
    return Rows(rows, mark_of(getattr(page[-1], limit_name), page[-1].pk) if more else "")


def _why_late(row: Round, window: Window) -> tuple[str, str]:
    """Why a round missed M11; empty when it did not."""
    if row.replied_at is None or row.replied_at > window.cut_off_at:
        return _("截止时还没有答复"), "calendar-x"
    if row.replied_at > row.due_at:
        return _("答复晚于时限"), "clock-exclamation"
    return "", "circle-check"


def _why_open(row: Round, window: Window) -> tuple[str, str]:
    """Which of the four parts of M15 was missing at the limit; empty when none was."""
    limit = row.closure_due_at

    def missing(at: datetime | None) -> bool:
        return at is None or at > limit

    if missing(row.replied_at):
        return _("时限前没有答复客户"), "message-question"
    if missing(row.cause_at):
        return _("没有记录原因"), "file-unknown"
    if missing(row.action_at):
        return _("没有记录措施"), "tool"
    if missing(row.confirmed_at):
        if row.outcome == facts.REOPENED and not missing(row.closed_at):
            return _("回访仍未解决，已重开"), "rotate-2"
        if row.confirmed_at is not None and row.confirmed_at <= window.cut_off_at:
            return _("客户确认晚于时限"), "clock-exclamation"
        if row.closed_at is not None and not missing(row.closed_at):
            return _("例外关闭，客户没有确认"), "ban"
        return _("时限前没有回访核实"), "phone-off"
    return "", "circle-check"


_READERS: Mapping[str, Callable[[MetricValue, str, Window, User, str, int], Rows]] = {
    CSAT.code: _answers,
    ON_TIME.code: _answered_rounds,
    CLOSURE.code: _closed_rounds,
    REPORTING.code: reported,
    COVERAGE.code: expected_probes,
    COMPENSATED.code: owed_rows,
}
