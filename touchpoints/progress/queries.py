"""What a customer sees of an order: where it stands, what comes next, who comes; nothing of anybody else."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from cxorders.customers.models import Customer
from cxorders.kit.formats import date_prose, day_prose
from cxorders.organisation.models import User
from touchpoints.orders import policy, wording
from touchpoints.orders.enums import OrderState, PauseReason, StageState
from touchpoints.orders.models import Order, Stage, StagePause
from touchpoints.orders.queries import is_callback, stages_of
from touchpoints.orders.queries.journey import is_late
from touchpoints.progress.enums import DAYS_OFFERED, SLOT_TIMES, Slot
from touchpoints.progress.models import CallWish, ProgressLink
from touchpoints.progress.tokens import is_genuine, key_in
from touchpoints.promises.models import StageBreachTold

LEAD = timedelta(minutes=30)
"""a call cannot be asked for in a slot that begins sooner than this"""
OPEN = (StageState.ACTIVE, StageState.PAUSED, StageState.FAILED)
ENDED = (OrderState.DONE, OrderState.OBSERVING, OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED)


@dataclass(frozen=True)
class Offer:
    """One time a customer may ask to be called at."""

    day: date
    slot: Slot

    @property
    def value(self) -> str:
        """As the form sends it."""
        return f"{self.day.isoformat()} {self.slot.value}"


@dataclass(frozen=True)
class Step:
    """One stage in the words of a customer: kind done, now, wait, bad or next."""

    name: str
    kind: str
    word: str
    when: str


@dataclass
class Progress:
    """The whole page."""

    order: Order
    hello: str
    address: str
    state: str
    """where the order stands, one sentence"""
    note: str = ""
    """why it waits or is late"""
    now: str = ""
    """the stage in hand"""
    due: str = ""
    coming: str = ""
    """who comes: surname, post, team"""
    next: str = ""
    next_when: str = ""
    finish: str = ""
    steps: list[Step] = field(default_factory=list)
    wish: CallWish | None = None
    offers: list[Offer] = field(default_factory=list)
    may_wish: bool = False


def link_by_token(token: str, at: datetime) -> ProgressLink | None:
    """The link a token opens at `at`; None for unknown, withdrawn and expired ones alike. One query at most."""
    key = key_in(token)
    rows = ProgressLink.objects.select_related(
        "order__customer", "order__premises", "order__order_type", "order__company", "order__unit"
    )
    link = rows.filter(pk=key).first() if key is not None else None
    return link if link is not None and is_genuine(token, link) and link.opens_at(at) else None


def live_link(order: Order) -> ProgressLink | None:
    """The link of an order that is in use, also where the order has been closed for long."""
    link = ProgressLink.objects.filter(order=order, withdrawn_at=None).first()
    if link is not None:
        link.order = order
    return link


def wish_of(order: Order) -> CallWish | None:
    """When the customer wants to be called."""
    return CallWish.objects.filter(order=order).first()


def slots_at(at: datetime) -> list[Offer]:
    """The times a customer may choose from at `at`, the nearest first."""
    here = timezone.localtime(at)
    offers = []
    for ahead in range(DAYS_OFFERED):
        day = here.date() + timedelta(days=ahead)
        for slot in Slot:
            begins = datetime.combine(day, SLOT_TIMES[slot][0], tzinfo=here.tzinfo)
            if begins >= here + LEAD:
                offers.append(Offer(day, slot))
    return offers


def first_name(customer: Customer | None) -> str:
    """How the page greets: the form of address, else the first character of the name alone."""
    if customer is None:
        return ""
    return customer.salutation or f"{customer.name[:1]}**"


def masked_address(address: str) -> str:
    """An address nobody finds the door by: 望江路 ** 号 *-****."""
    return re.sub(r"\d", "*", address)


def progress_of(order: Order, at: datetime) -> Progress:
    """The page of `order` at `at`. A constant number of queries."""
    stages = [stage for stage in stages_of(order) if not is_callback(stage.stage_type)]
    current = next((s for s in stages if s.state in OPEN), None) if order.state not in ENDED else None
    going = order.state not in ENDED
    page = Progress(
        order=order,
        hello=first_name(order.customer),
        address=masked_address(order.premises.address) if order.premises is not None else "",
        state=_state(order, current),
        steps=[_step(stage, at) for stage in stages if _is_told(stage, order)],
        wish=wish_of(order),
        offers=slots_at(at) if going else [],
        may_wish=going,
    )
    if order.state == OrderState.REJECTED:
        page.note = order.end_reason
    if current is not None:
        _fill(page, current, stages, at)
    return page


def _is_told(stage: Stage, order: Order) -> bool:
    """Skipped stages and those nobody will need stay out; of an order that ended, whatever was not done."""
    if stage.state == StageState.SKIPPED:
        return False
    if stage.state == StageState.PENDING:
        return order.state not in ENDED and (not stage.stage_type.optional or bool(stage.needed))
    return True


def _fill(page: Progress, current: Stage, stages: list[Stage], at: datetime) -> None:
    page.now = current.stage_type.name
    page.note = _note(current, at)
    if current.appointed_at is not None and current.appointed_at >= at:
        page.due = _("约好 %(at)s") % {"at": date_prose(current.appointed_at)}
    elif current.due_at is not None and current.due_at >= at:
        page.due = _("最迟 %(at)s") % {"at": wording.due_text(current.due_at)}
    if current.assignee is not None:
        page.coming = post_of(current.assignee, current, at)
    elif current.unit_id:
        page.coming = current.unit.name
    later = [s for s in stages if s.state == StageState.PENDING and _is_told(s, page.order)]
    if later:
        page.next = later[0].stage_type.name
        forecast = forecast_of(later[0], page.order)
        if forecast is not None and forecast >= at:
            page.next_when = _("预计 %(day)s 前办好") % {"day": day_prose(wording.due_day(forecast))}
    expected = page.order.expected_at or page.order.promised_at
    if expected is not None and expected >= at:
        page.finish = _("预计 %(day)s") % {"day": day_prose(wording.due_day(expected))}


def _state(order: Order, current: Stage | None) -> str:
    if order.state == OrderState.SUSPENDED:
        return _("暂时停下了")
    if order.state in (OrderState.DONE, OrderState.OBSERVING, OrderState.CLOSED):
        return _("已经全部办好")
    if order.state == OrderState.CANCELLED:
        return _("已经取消")
    if order.state == OrderState.REJECTED:
        return _("这次没能受理")
    if current is None:
        return _("已经受理，马上开始下一步")
    if current.state == StageState.PAUSED:
        return _("“%(name)s”在等待") % {"name": current.stage_type.name}
    if current.state == StageState.FAILED:
        return _("“%(name)s”这次没办成") % {"name": current.stage_type.name}
    return _("正在办“%(name)s”") % {"name": current.stage_type.name}


def _note(stage: Stage, at: datetime) -> str:
    """Why it waits or is late, in the words meant for the customer; notes among colleagues stay inside."""
    if stage.state == StageState.PAUSED:
        pause = StagePause.objects.filter(stage=stage, ended_at=None).first()
        words = {
            PauseReason.WAITING_CUSTOMER: _("在等您这边：资料、缴费，或您要求改的时间。"),
            PauseReason.PERMIT: _("在等有关部门的许可，批下来马上继续。"),
            PauseReason.FORCE_MAJEURE: _("因为天气等不可抗的原因暂停，恢复后马上继续。"),
        }
        return words.get(PauseReason(pause.reason), "") if pause is not None else ""
    if stage.state == StageState.FAILED:
        return _("我们会和您再约时间。")
    if is_late(stage, at):
        told = StageBreachTold.objects.filter(stage=stage).first()
        sorry = _("比承诺的时间晚了，对不起。")
        return f"{sorry}{told.text}" if told is not None else sorry
    return ""


def forecast_of(stage: Stage, order: Order) -> datetime | None:
    """When a stage should end as seen today: as foretold at acceptance, moved as far as the whole order moved."""
    if stage.forecast_at is None or order.expected_at is None or order.promised_at is None:
        return stage.forecast_at
    return stage.forecast_at + (order.expected_at - order.promised_at)


def _step(stage: Stage, at: datetime) -> Step:
    name = stage.stage_type.name
    if stage.state == StageState.DONE:
        return Step(name, "done", _("办好了"), day_prose(stage.ended_at))
    if stage.state == StageState.PAUSED:
        return Step(name, "wait", _("在等待"), "")
    if stage.state == StageState.FAILED:
        return Step(name, "bad", _("没办成"), day_prose(stage.ended_at))
    if stage.state == StageState.ACTIVE:
        due = stage.due_at
        when = _("最迟 %(at)s") % {"at": day_prose(wording.due_day(due))} if due is not None and due >= at else ""
        return Step(name, "now", _("正在办"), when)
    forecast = forecast_of(stage, stage.order)
    when = _("约 %(day)s") % {"day": day_prose(wording.due_day(forecast))} if forecast and forecast >= at else ""
    return Step(name, "next", _("还没到"), when)


def post_of(user: User, stage: Stage, at: datetime) -> str:
    """Who comes, without a number to call: 王师傅 · 入户服务人员 · 入户一班."""
    grant = policy.working_grant(user, stage, at=at)
    parts = [surname(user.name)]
    if grant is not None:
        parts.append(grant.role.name)
        parts.append(grant.unit.name)
    else:
        parts.append(stage.unit.name)
    return " · ".join(parts)


def surname(name: str) -> str:
    """A colleague as customers meet one: the family name with 师傅; of other names the first word."""
    if not name or name.isascii():
        return name.partition(" ")[0]
    family = name[:2] if len(name) > 3 else name[:1]
    return _("%(family)s师傅") % {"family": family}
