"""The verbs of promises made by word (workflows.md §11): give, keep, another day with consent, let go, hand over."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction

from cxorders.customers.models import Customer
from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.states import move
from cxorders.organisation.models import Unit, User
from touchpoints.orders.models import Order
from touchpoints.pledges import policy
from touchpoints.pledges.enums import PLEDGE_TRANSITIONS, GivenHow, PledgeState
from touchpoints.pledges.models import Pledge, PledgeChange
from touchpoints.promises.enums import ToldHow

MOST_TEXT = 200
MOST_DAYS = 365


class PledgeIncomplete(BusinessError):
    code = "pledge_incomplete"
    zh = "请写明答应了客户什么(不超过 {most} 字)。"
    en = "Say what the customer was promised (at most {most} characters)."


class PledgeDueWrong(BusinessError):
    code = "pledge_due_wrong"
    zh = "答应的时间要在现在之后、一年之内。"
    en = "The promised time lies after now and within a year."


class ConsentMissing(BusinessError):
    """A promise is changed only with a reason and the customer's consent."""

    code = "pledge_consent_missing"
    zh = "要写明原因，以及客户怎样同意的。"
    en = "Give the reason, and how the customer agreed."


@dataclass(frozen=True)
class Word:
    """What was promised, where, until when (aware, any zone)."""

    text: str
    how: str
    due_at: datetime


@transaction.atomic
def give_pledge(
    customer: Customer,
    word: Word,
    *,
    by: User | None,
    at: datetime,
    unit: Unit | None = None,
    order: Order | None = None,
    client_key: UUID | None = None,
) -> Pledge:
    """Note a promise made by word; `by` keeps it until it is handed over. `unit`: by default the post of `by`.

    The same `client_key` again returns the promise that exists. Effects: the row; journal `pledge.given`.
    Errors: PledgeIncomplete, PledgeDueWrong.
    """
    known = Pledge.objects.filter(client_key=client_key).first() if client_key is not None else None
    if known is not None:
        return known
    text = word.text.strip()
    if not text or len(text) > MOST_TEXT or word.how not in GivenHow.values:
        raise PledgeIncomplete(field="how" if word.how not in GivenHow.values else "text", most=MOST_TEXT)
    _require_due(word.due_at, at)
    post = by.active_grant.unit if by is not None and by.active_grant is not None else customer.company
    try:
        with transaction.atomic():
            pledge = Pledge.objects.create(
                company=customer.company, unit=unit or post, customer=customer, order=order, text=text, how=word.how,
                given_by=by, given_at=at, owner=by, first_due_at=word.due_at, due_at=word.due_at,
                client_key=client_key,
            )  # fmt: skip
    except IntegrityError:  # the same form a moment earlier
        return Pledge.objects.get(client_key=client_key)
    _note(pledge, "pledge.given", by=by, at=at, text=text, due_at=word.due_at.isoformat())
    return pledge


@transaction.atomic
def keep_pledge(pledge: Pledge, *, by: User | None, at: datetime, text: str = "") -> Pledge:
    """The customer has what was promised. Effects: journal `pledge.kept`, with whether it was late.

    Errors: NotAllowed, WrongState, Stale.
    """
    _require(pledge, by)
    move(
        pledge, PledgeState.KEPT, table=PLEDGE_TRANSITIONS,
        ended_at=at, ended_by=by, ended_text=text.strip()[:300],
    )  # fmt: skip
    _note(pledge, "pledge.kept", by=by, at=at, text=pledge.ended_text, late=pledge.is_late(at))
    return pledge


@transaction.atomic
def change_pledge(
    pledge: Pledge, *, by: User | None, at: datetime, due_at: datetime, reason: str, consent: str
) -> PledgeChange:
    """Another day, before or after the first one has passed; only with a reason and the customer's consent.

    Effects: the old day kept as a row; journal `pledge.changed`.
    Errors: NotAllowed, WrongState, ConsentMissing, PledgeDueWrong.
    """
    _require(pledge, by)
    said = _consented(reason, consent)
    _require_due(due_at, at)
    held = Pledge.objects.select_for_update().get(pk=pledge.pk)
    if held.state != PledgeState.OPEN:
        raise WrongState()
    change = PledgeChange.objects.create(
        pledge=held, old_due_at=held.due_at, new_due_at=due_at, reason=said, consent=consent, by=by, at=at
    )
    Pledge.objects.filter(pk=held.pk).update(due_at=due_at)
    pledge.due_at = due_at
    _note(pledge, "pledge.changed", by=by, at=at, reason=said, due_at=due_at.isoformat())
    return change


@transaction.atomic
def withdraw_pledge(pledge: Pledge, *, by: User | None, at: datetime, reason: str, consent: str) -> Pledge:
    """The customer no longer needs it, and said so. It counts neither as kept nor as broken.

    Effects: journal `pledge.withdrawn`. Errors: NotAllowed, ConsentMissing, WrongState, Stale.
    """
    _require(pledge, by)
    said = _consented(reason, consent)
    move(pledge, PledgeState.WITHDRAWN, table=PLEDGE_TRANSITIONS, ended_at=at, ended_by=by, ended_text=said)
    _note(pledge, "pledge.withdrawn", by=by, at=at, reason=said)
    return pledge


def open_held_by(user: User) -> int:
    """How many promises by word a person still has to keep."""
    return Pledge.objects.filter(owner=user, state=PledgeState.OPEN).count()


@transaction.atomic
def hand_over(user: User, successor: User, by: User | None, at: datetime) -> None:
    """Every open promise of `user` is kept by `successor`. Effects: journal `pledge.handed_over` for each."""
    held = Pledge.objects.filter(owner=user, state=PledgeState.OPEN).select_related("company", "order")
    for pledge in held.order_by("pk"):
        Pledge.objects.filter(pk=pledge.pk).update(owner=successor)
        _note(pledge, "pledge.handed_over", by=by, at=at, assignee_name=successor.name)


def _require(pledge: Pledge, by: User | None) -> None:
    if not policy.may_keep(by, pledge):
        raise NotAllowed()


def _require_due(due_at: datetime, at: datetime) -> None:
    if not at < due_at <= at + timedelta(days=MOST_DAYS):
        raise PledgeDueWrong(field="due_at")


def _consented(reason: str, consent: str) -> str:
    if not reason.strip() or consent not in ToldHow.values:
        raise ConsentMissing(field="consent" if reason.strip() else "reason")
    return reason.strip()[:300]


def _note(pledge: Pledge, verb: str, *, by: User | None, at: datetime, **data: object) -> None:
    """A journal row on the order, where there is one, so that its page tells the story; else on the promise."""
    record(
        pledge.order or pledge, verb, by=by, at=at,
        unit_id=pledge.unit_id, company_id=pledge.company_id, pledge=pledge.number, **data,
    )  # fmt: skip
