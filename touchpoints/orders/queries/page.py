"""The order page as a whole: journey, promise, what this person may do now, households, evidence, timeline."""

from dataclasses import dataclass
from datetime import datetime

from cxorders.kit.numbering import key_of
from cxorders.kit.panels import Panel
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.roles import ROLES
from touchpoints.catalogue.models import Segment
from touchpoints.orders import policy
from touchpoints.orders.enums import EMERGENCY_TYPES, MAX_PAUSES, OrderState, StageState
from touchpoints.orders.guards import Guard, guard_of, guards_of
from touchpoints.orders.models import Evidence, Order, Stage, StagePause
from touchpoints.orders.panels import ORDER
from touchpoints.orders.queries.journey import Clock, Journey, clock_of, journey_of
from touchpoints.orders.queries.listing import HouseholdProgress, households_of
from touchpoints.orders.queries.reads import is_callback, is_per_household
from touchpoints.orders.queries.timeline import Line, timeline_of
from touchpoints.orders.wording import due_text

TAKES_HOUSEHOLDS = (OrderState.ACCEPTED, OrderState.RUNNING, OrderState.SUSPENDED)
WORKERS = [code for code, role in ROLES.items() if role.may("order.work")]


@dataclass(frozen=True)
class Proof:
    """One piece of evidence as the page shows it."""

    stage: str
    label: str
    value: str
    photo: int | None
    """key of the evidence whose picture can be opened"""
    by: str
    at: datetime


@dataclass
class Abilities:
    """What this person may do with the order and the stage in front, state and right taken together."""

    complete: bool = False
    take: bool = False
    pause: bool = False
    approve_pause: bool = False
    resume: bool = False
    fail: bool = False
    retry: bool = False
    appoint: bool = False
    assign: bool = False
    decide: bool = False
    skip: bool = False
    accept: bool = False
    reject: bool = False
    suspend: bool = False
    resume_order: bool = False
    cancel: bool = False
    reopen: bool = False
    add_households: bool = False

    @property
    def any_order(self) -> bool:
        """Whether there is anything to do with the order as a whole."""
        return self.suspend or self.resume_order or self.cancel or self.reopen


@dataclass
class OrderPage:
    """All plain values of the page."""

    order: Order
    now: datetime
    journey: Journey
    clock: Clock | None
    title: str
    segment: str
    front: Stage | None
    guards: list[Guard]
    notes: list[Guard]
    pause: StagePause | None
    pauses_left: int
    households: HouseholdProgress | None
    open_households: int
    proofs: list[Proof]
    timeline: list[Line]
    panels: dict[str, list[Panel]]
    may: Abilities

    @property
    def proof_count(self) -> int:
        """How many pieces of evidence are listed."""
        return len(self.proofs)

    @property
    def due(self) -> str:
        """When the stage in front is due; "" where nothing was promised."""
        return due_text(self.front.due_at) if self.front is not None and self.front.due_at is not None else ""

    @property
    def axis_now(self) -> datetime | None:
        """Where the line of today stands among the bars; None once the order is done."""
        return self.now if self.order.done_at is None and self.journey.first <= self.now <= self.journey.last else None

    @property
    def front_per_household(self) -> bool:
        """Whether the stage in front is done household by household."""
        return self.front is not None and is_per_household(self.front.stage_type)


def order_by_number(user: User, number: str) -> Order | None:
    """The order a person may see under `number`, with what the head of its page needs; None otherwise."""
    rows = Order.objects.visible_to(user).filter(pk=key_of("DD", number) or 0)
    order = rows.select_related(
        "order_type", "customer", "premises", "company", "unit", "owner", "parent__premises"
    ).first()
    return order if order is not None and order.number == number.upper() else None


def page_of_order(order: Order, user: User, now: datetime) -> OrderPage:
    """Everything on the page of `order`. A constant number of queries, whatever the number of stages and rows."""
    journey = journey_of(order, user, now)
    front = journey.current.stage if journey.current is not None else None
    guards = guards_of(front.stage_type.guards) if front is not None else []
    pauses = list(StagePause.objects.filter(stage=front).select_related("approved_by")) if front is not None else []
    contract = order.parent_id is None and any(is_per_household(view.stage.stage_type) for view in journey.stages)
    households = households_of(order, user, now) if contract else None
    return OrderPage(
        order=order,
        now=now,
        journey=journey,
        clock=clock_of(order, now),
        title=title_of(order),
        segment=_segment(order),
        front=front,
        guards=[guard for guard in guards if guard.is_evidence],
        notes=[guard for guard in guards if not guard.is_evidence],
        pause=next((pause for pause in pauses if pause.ended_at is None), None),
        pauses_left=max(0, MAX_PAUSES - len(pauses)),
        households=households,
        open_households=households.total - households.done if households is not None else 0,
        proofs=_proofs(order),
        timeline=timeline_of(order),
        panels=ORDER.panels(order, user),
        may=abilities(order, journey, user, pauses, now),
    )


def title_of(order: Order) -> str:
    """周女士 · 望江路 88 号 3-1202 · 散户报装通气."""
    who = str(order.customer) if order.customer is not None else order.title
    where = order.premises.address if order.premises is not None else ""
    what = order.title if order.title and order.customer is not None else order.order_type.name
    return " · ".join(part for part in (who, where, what) if part)


def _segment(order: Order) -> str:
    if order.customer is None:
        return ""
    row = Segment.objects.filter(code=order.customer.segment_code).first()
    return row.name if row is not None else ""


def _proofs(order: Order) -> list[Proof]:
    rows = Evidence.objects.filter(stage__order=order).select_related("stage__stage_type", "by")
    proofs = []
    for row in rows.order_by("-at", "-pk")[:60]:
        proofs.append(
            Proof(
                stage=row.stage.stage_type.name,
                label=guard_of(row.guard).name,
                value="" if row.kind == "tick" else row.value,
                photo=row.pk if row.file else None,
                by=row.by.name if row.by is not None else "",
                at=row.at,
            )
        )
    return proofs


def abilities(order: Order, journey: Journey, user: User, pauses: list[StagePause], now: datetime) -> Abilities:
    """What `user` may do, asked of the transition tables and the policy; an emergency is never paused."""
    may = Abilities()
    managed = policy.may_manage(user, order)
    may.accept = policy.possible(order, OrderState.ACCEPTED) and policy.may_take_in(user, order)
    may.reject = policy.possible(order, OrderState.REJECTED) and policy.may_take_in(user, order)
    may.cancel = policy.possible(order, OrderState.CANCELLED) and policy.may_cancel(user, order)
    pausable = order.order_type.code not in EMERGENCY_TYPES
    may.suspend = policy.possible(order, OrderState.SUSPENDED) and managed and pausable
    may.resume_order = order.state == OrderState.SUSPENDED and managed
    may.reopen = order.state == OrderState.CLOSED and managed
    contract = order.parent_id is None and any(
        is_per_household(v.stage.stage_type) and v.stage.state not in policy.ENDED for v in journey.stages
    )
    may.add_households = contract and order.state in TAKES_HOUSEHOLDS and policy.may_take_in(user, order)
    view = journey.current
    if view is None or order.state != OrderState.RUNNING or is_callback(view.stage.stage_type):
        return may
    _stage_abilities(may, view.stage, user, pauses, now, pausable=pausable, undecided=view.undecided)
    return may


def _stage_abilities(
    may: Abilities,
    stage: Stage,
    user: User,
    pauses: list[StagePause],
    now: datetime,
    *,
    pausable: bool,
    undecided: bool,
) -> None:
    works, manages = policy.may_work(user, stage), policy.may_manage(user, stage.order, stage)
    if undecided:
        may.decide = works or manages
        may.skip = manages
        return
    may.complete = works and policy.stage_possible(stage, StageState.DONE)
    may.fail = works and policy.stage_possible(stage, StageState.FAILED)
    may.retry = works and stage.state == StageState.FAILED
    may.appoint = works and stage.state in (StageState.ACTIVE, StageState.PAUSED)
    may.resume = (works or manages) and stage.state == StageState.PAUSED
    in_time = stage.due_at is None or now <= stage.due_at
    may.pause = (
        (works or manages) and pausable and in_time and stage.state == StageState.ACTIVE and len(pauses) < MAX_PAUSES
    )
    waiting = any(pause.ended_at is None and pause.approved_by_id is None for pause in pauses)
    may.approve_pause = manages and stage.state == StageState.PAUSED and waiting
    may.take = works and stage.assignee_id is None and not manages and user.pk != stage.assignee_id
    may.assign = manages


def people_for(stage: Stage, at: datetime) -> list[User]:
    """Who could work on the stage: people of its unit and below whose role works on stages, by name."""
    held = Grant.objects.in_force(at).filter(
        unit__in=Unit.objects.below(stage.unit), role_code__in=WORKERS, user__is_active=True
    )
    people = {grant.user_id: grant.user for grant in held.select_related("user").order_by("pk")}
    return sorted(people.values(), key=lambda person: (person.name, person.pk))


def reworkable(order: Order, journey: Journey) -> list[Stage]:
    """Stages that may be done again (O16), the last one first."""
    done = [v.stage for v in journey.stages if v.state == StageState.DONE and not is_callback(v.stage.stage_type)]
    return done[::-1]
