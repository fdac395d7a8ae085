"""The queue of call-backs by duty, its counters, and the lines it shows. Reads only what waits."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cxorders.kit import formats
from cxorders.kit.among import among
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.models import User
from cxorders.organisation.queries import calendars_for
from feedback.callbacks.enums import WAITING_STATES, CallbackState, Slot
from feedback.callbacks.models import Attempt, Callback
from feedback.callbacks.slots import Try, may_follow, permitted, slot_of

PAGE = 40
DUTIES = {
    "today": gettext_lazy("今天截止"),
    "complaint": gettext_lazy("投诉核实"),
    "satisfaction": gettext_lazy("满意度"),
    "retry": gettext_lazy("换时段重拨"),
    "planned": gettext_lazy("未到窗口"),
}
"""tab → label"""
RULE_WORDS = {
    "CB-01": (gettext_lazy("满意度"), gettext_lazy("第 7–15 工作日")),
    "CB-02": (gettext_lazy("投诉处理后"), gettext_lazy("第 3–7 天")),
    "CB-04": (gettext_lazy("报修后 24 小时"), gettext_lazy("24 小时内")),
    "CB-05": (gettext_lazy("12345 转办"), gettext_lazy("1 工作日内")),
}
"""rule → what it is called, how its window is called"""
OPEN = (CallbackState.DUE, CallbackState.RETRY_PLANNED, CallbackState.IN_CALL)
Place = tuple[datetime, int]


@dataclass(frozen=True)
class Line:
    """One line of the queue."""

    callback: Callback
    name: str
    phone: str
    why: str
    about: str
    window: str
    share: float
    """percent of the window that has passed, 0 to 100"""
    urgency: str
    """colour of the bar: bad from 90, warn from 75 percent"""
    tried: str
    suggestion: str
    group: str
    """heading of the day its window ends, set on the first line of each"""


@dataclass(frozen=True)
class Counters:
    """The sentence under the title, and the numbers on the tabs."""

    finished: int
    reached: int
    open: int
    tabs: dict[str, int]


def _end_of_day(at: datetime) -> datetime:
    local = at.astimezone(BUSINESS_ZONE)
    return datetime.combine(local.date() + timedelta(days=1), time(), BUSINESS_ZONE)


def _duty(name: str, at: datetime) -> Q:
    return {
        "today": Q(state__in=OPEN, window_end__lt=_end_of_day(at)),
        "complaint": Q(state__in=OPEN, issue__isnull=False),
        "satisfaction": Q(state__in=OPEN, issue=None),
        "retry": Q(state=CallbackState.RETRY_PLANNED),
        "planned": Q(state=CallbackState.PLANNED),
    }[name]


def counters(user: User, *, at: datetime) -> Counters:
    """Numbers over what waits (bounded by the backlog) and over what was finished today."""
    rows = Callback.objects.visible_to(user)
    waiting = rows.filter(among("state", WAITING_STATES))
    tabs = waiting.aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        **{name: Count("pk", filter=_duty(name, at)) for name in DUTIES},
    )
    day = _end_of_day(at) - timedelta(days=1)
    done = rows.filter(finished_at__gte=day).aggregate(
        finished=Count("pk"), reached=Count("pk", filter=Q(state__in=(CallbackState.FINISHED, CallbackState.REFUSED)))
    )
    return Counters(done["finished"], done["reached"], tabs.pop("open"), tabs)


def _shown(rows: QuerySet[Callback]) -> QuerySet[Callback]:
    attempts = Prefetch("attempts", Attempt.objects.order_by("number"))
    return rows.select_related(
        "company", "unit", "customer", "issue", "order__order_type", "claimed_by", "finished_by", "record"
    ).prefetch_related(attempts)


def page_of(
    user: User, duty: str, *, at: datetime, after: Place | None = None, size: int = PAGE
) -> tuple[list[Line], Place | None]:
    """One page of a duty in the order the windows end, and where the next page starts."""
    rows = Callback.objects.visible_to(user).filter(among("state", WAITING_STATES), _duty(duty, at))
    if after is not None:
        moment, key = after
        rows = rows.filter(Q(window_end__gt=moment) | Q(window_end=moment, pk__gt=key), window_end__gte=moment)
    found = list(_shown(rows).order_by("window_end", "pk")[: size + 1])
    page = found[:size]
    return lines_of(page, at=at), (page[-1].window_end, page[-1].pk) if len(found) > size else None


def one(user: User, key: int) -> Callback | None:
    """One call-back inside the reach of `user`, with all its page shows."""
    return _shown(Callback.objects.visible_to(user)).filter(pk=key).first()


def lines_of(callbacks: list[Callback], *, at: datetime) -> list[Line]:
    """What the queue shows of each call-back."""
    calendars = calendars_for([callback.company for callback in callbacks])
    lines: list[Line] = []
    last = ""
    for callback in callbacks:
        group = _day_of(callback, at)
        lines.append(_line(callback, calendars[callback.company_id], at, group if group != last else ""))
        last = group
    return lines


def _line(callback: Callback, calendar: WorkCalendar, at: datetime, group: str) -> Line:
    why, window = RULE_WORDS.get(callback.rule_code, (callback.rule_code, ""))
    length = (callback.window_end - callback.window_start).total_seconds() or 1.0
    share = max(0.0, min(100.0, (at - callback.window_start).total_seconds() / length * 100))
    customer = callback.customer
    return Line(
        callback=callback,
        name=str(customer) if customer else "—",
        phone=formats.mask_phone(customer.phone) if customer else "",
        why=str(why),
        about=about(callback),
        window=str(window),
        share=share,
        urgency="bad" if share >= 90 else "warn" if share >= 75 else "",
        tried=_tried(callback),
        suggestion=_suggestion(callback, calendar, at),
        group=group,
    )


def about(callback: Callback) -> str:
    """What the call is about, in a few words."""
    if callback.issue is not None:
        return callback.issue.title
    order = callback.order
    if order is None:
        return ""
    done = formats.date_table(order.done_at)[:5] if order.done_at else ""
    return _("%(type)s，%(day)s 完工") % {"type": order.order_type.name, "day": done}


def _day_of(callback: Callback, at: datetime) -> str:
    """今天截止, 明天截止, 11 月 27 日截止; what is over says so."""
    if callback.window_end < at:
        return _("窗口已过")
    end, today = callback.window_end.astimezone(BUSINESS_ZONE).date(), at.astimezone(BUSINESS_ZONE).date()
    if end == today:
        return _("今天截止")
    if end == today + timedelta(days=1):
        return _("明天截止")
    return _("%(day)s截止") % {"day": formats.day_prose(callback.window_end)}


def _tried(callback: Callback) -> str:
    attempts = list(callback.attempts.all())
    if not attempts:
        return ""
    if len(attempts) == 1:
        result = attempts[0].get_result_display()
        return _("1 次 · %(slot)s%(result)s") % {"slot": attempts[0].get_slot_display(), "result": result}
    slots = "/".join(dict.fromkeys(attempt.get_slot_display() for attempt in attempts))
    return _("%(n)s 次 · %(slots)s") % {"n": len(attempts), "slots": slots}


def _suggestion(callback: Callback, calendar: WorkCalendar, at: datetime) -> str:
    """The slot the rule proposes: now where it may be now, else the next one."""
    if callback.state == CallbackState.PLANNED:
        return _("%(day)s 起") % {"day": formats.day_prose(callback.window_start)}
    if callback.state == CallbackState.IN_CALL:
        return _("%(name)s 通话中") % {"name": callback.claimed_by.name if callback.claimed_by else ""}
    attempts = list(callback.attempts.all())
    free = not attempts or may_follow(Try(attempts[-1].at, attempts[-1].slot), at, calendar)
    if free and permitted(at, calendar):
        return _("现在 · %(slot)s") % {"slot": Slot(slot_of(at, calendar)).label}
    if callback.next_try_at is not None and callback.next_try_at > at:
        return f"{formats.moment(callback.next_try_at, at)} · {callback.get_next_slot_display()}"
    return _("换一个时段") if attempts else _("9:00 起")
