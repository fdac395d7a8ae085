"""Claiming, missing, refusing, giving back (C3, C5–C8, X4)."""

from datetime import timedelta

import pytest

from cxorders.journal.queries import timeline
from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from feedback.callbacks import actions
from feedback.callbacks.actions.calling import (
    ClaimedByOther,
    NoSuchResult,
    OutsideHours,
    PartyToTheMatter,
    SameSlot,
    TooEarly,
    TooManyCalls,
)
from feedback.callbacks.models import Callback
from tests.factories.issues import DAY, HOUR, MONDAY, Office, a_callback, an_issue, an_office, called, in_window
from tests.factories.orders import a_customer, an_order
from tests.factories.orders import finish as finish_order
from tests.factories.organisation import a_person, department_in

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
MINUTE = timedelta(minutes=1)


def missed(callback: Callback, office: Office, at: object, **more: object) -> Callback:
    actions.claim(callback, by=office.caller, at=at)  # type: ignore[arg-type]
    values = {"result": "no_answer", **more}
    return actions.record_not_reached(callback, by=office.caller, at=at, **values)  # type: ignore[arg-type]


def test_a_claim_holds_fifteen_minutes() -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)

    actions.claim(callback, by=office.caller, at=at)

    assert (callback.state, callback.claimed_by, callback.claimed_until) == ("in_call", office.caller, at + 15 * MINUTE)


def test_two_callers_do_not_ring_one_customer() -> None:
    office = an_office()
    callback = a_callback(office)
    other = a_person("callback", at=department_in(office.company, "D-CC"))
    at = in_window(callback)
    actions.claim(callback, by=office.caller, at=at)

    with pytest.raises(ClaimedByOther):
        actions.claim(callback, by=other, at=at + 10 * MINUTE)
    actions.claim(callback, by=other, at=at + 16 * MINUTE)

    assert callback.claimed_by == other
    with pytest.raises(Stale):
        actions.refuse(callback, by=office.caller, at=at + 17 * MINUTE)


def test_claiming_again_renews_and_claiming_another_gives_the_first_back() -> None:
    office = an_office()
    first, second = a_callback(office), a_callback(office)
    at = in_window(first)
    actions.claim(first, by=office.caller, at=at)
    actions.claim(first, by=office.caller, at=at + 5 * MINUTE)
    assert first.claimed_until == at + 20 * MINUTE

    actions.claim(second, by=office.caller, at=at + 6 * MINUTE)

    first.refresh_from_db()
    assert (first.state, first.claimed_by, second.state) == ("due", None, "in_call")


def test_a_forgotten_claim_comes_back() -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)
    actions.claim(callback, by=office.caller, at=at)

    assert [actions.release_expired(at + m * MINUTE) for m in (14, 3 * 24 * 60, 3 * 24 * 60)] == [0, 1, 0]

    callback.refresh_from_db()
    assert (callback.state, callback.claimed_by) == ("due", None)


def test_a_claim_can_be_given_back() -> None:
    office = an_office()
    callback = a_callback(office)
    actions.claim(callback, by=office.caller, at=in_window(callback))

    actions.release(callback, by=office.caller, at=in_window(callback))

    assert (callback.state, callback.claimed_by, callback.attempts_count) == ("due", None, 0)


@pytest.mark.parametrize("who", ["technician", "handler", "manager", "hq", "stranger"])
def test_only_call_back_people_call(who: str) -> None:
    office = an_office()
    callback = a_callback(office)

    with pytest.raises(NotAllowed):
        actions.claim(callback, by=getattr(office, who), at=in_window(callback))


def test_a_caller_of_another_company_does_not_call() -> None:
    office = an_office()
    callback = a_callback(office)
    elsewhere = a_person("callback", at=department_in(office.stranger.active_grant.unit.company, "D-HOME"))

    with pytest.raises(NotAllowed):
        actions.claim(callback, by=elsewhere, at=in_window(callback))


def test_who_handled_or_reported_the_matter_does_not_verify_it() -> None:
    office = an_office()
    callback = a_callback(office)
    issue = callback.issue
    for field in ("owner", "author"):
        type(issue).objects.filter(pk=issue.pk).update(**{field: office.caller})
        callback = Callback.objects.get(pk=callback.pk)
        with pytest.raises(PartyToTheMatter):
            actions.claim(callback, by=office.caller, at=in_window(callback))
        type(issue).objects.filter(pk=issue.pk).update(owner=office.handler, author=office.technician)
    issue.rounds.update(owner=office.caller)

    with pytest.raises(PartyToTheMatter):
        actions.claim(Callback.objects.get(pk=callback.pk), by=office.caller, at=in_window(callback))


def test_who_did_the_service_or_took_the_words_does_not_call() -> None:
    office = an_office()
    order = finish_order(an_order("OT-REPAIR", company=office.company, at=MONDAY), at=MONDAY + HOUR)
    callback = Callback.objects.get(order=order)
    stage = order.stages.order_by("seq").first()
    stage.assignee = office.caller
    stage.save(update_fields=["assignee"])

    with pytest.raises(PartyToTheMatter):
        actions.claim(callback, by=office.caller, at=MONDAY + 2 * HOUR)


def test_a_call_before_the_window_is_refused_unless_the_customer_asks() -> None:
    office = an_office()
    callback = a_callback(office, open_window=False)
    early = callback.window_start - timedelta(hours=20)  # the afternoon before

    with pytest.raises(TooEarly):
        actions.claim(callback, by=office.caller, at=early)
    actions.claim(callback, by=office.caller, at=early, customer_asked=True)

    assert callback.state == "in_call"
    assert timeline(callback)[0].data == {"customer_asked": True}


def test_working_day_six_is_too_early_for_a_satisfaction_call() -> None:
    office = an_office()
    order = finish_order(an_order(company=office.company, at=MONDAY), at=MONDAY + HOUR)
    callback = Callback.objects.get(order=order)

    with pytest.raises(TooEarly):
        actions.claim(callback, by=office.caller, at=callback.window_start - DAY + HOUR)


@pytest.mark.parametrize("hour", [8, 20, 23])
def test_nobody_is_called_at_night(hour: int) -> None:
    office = an_office()
    callback = a_callback(office)

    with pytest.raises(OutsideHours):
        actions.claim(callback, by=office.caller, at=in_window(callback, hour=hour, days=1))


def test_the_same_slot_again_is_refused_unless_the_customer_asked_for_it() -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)
    missed(callback, office, at)

    with pytest.raises(SameSlot):
        actions.claim(callback, by=office.caller, at=at + DAY)
    actions.claim(callback, by=office.caller, at=at + DAY, customer_asked=True)

    assert callback.state == "in_call"


def test_an_appointment_is_the_customers_wish() -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)

    missed(callback, office, at, result="appointment_made", next_try_at=at + DAY)
    assert (callback.state, callback.next_try_at) == ("retry_planned", at + DAY)
    actions.claim(callback, by=office.caller, at=at + DAY)

    assert callback.state == "in_call"


def test_a_miss_is_an_attempt_with_its_slot_and_suggests_another_one() -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)

    missed(callback, office, at, result="busy", note="一直占线")

    attempt = callback.attempts.get()
    assert (attempt.number, attempt.slot, attempt.result, attempt.note, attempt.by) == (
        1,
        "AM",
        "busy",
        "一直占线",
        office.caller,
    )
    assert (callback.state, callback.next_slot, callback.claimed_by) == ("retry_planned", "NOON", None)


def test_three_misses_without_a_late_one_or_a_message_go_on() -> None:
    office = an_office()
    callback = a_callback(office)
    for hour, day in ((10, 0), (15, 0), (10, 1)):
        missed(callback, office, in_window(callback, hour=hour, days=day), message_left=True)
    assert callback.state == "retry_planned"

    missed(callback, office, in_window(callback, hour=19, days=1))

    assert (callback.state, callback.attempts_count, callback.message_left) == ("unreachable", 4, True)


def test_a_wrong_number_leaves_a_row_at_the_customer() -> None:
    office = an_office()
    callback = a_callback(office)

    missed(callback, office, in_window(callback), result="wrong_number")

    assert [row.verb for row in timeline(callback.customer)][0] == "customer.phone_wrong"


def test_a_miss_has_a_code() -> None:
    office = an_office()
    callback = a_callback(office)
    actions.claim(callback, by=office.caller, at=in_window(callback))

    for result in ("", "reached_complete", "asleep"):
        with pytest.raises(NoSuchResult):
            actions.record_not_reached(callback, by=office.caller, at=in_window(callback), result=result)


def test_a_refusal_counts_as_contacted_and_leaves_the_issue_to_the_company() -> None:
    office = an_office()
    callback = a_callback(office)
    actions.claim(callback, by=office.caller, at=in_window(callback))

    actions.refuse(callback, by=office.caller, at=in_window(callback))

    callback.issue.refresh_from_db()
    assert (callback.state, callback.attempts.get().result, callback.issue.state) == ("refused", "refused", "verifying")


def test_satisfaction_calls_spare_a_customer_reached_twice_in_fifteen_days() -> None:
    office = an_office()
    customer = a_customer(office.company)
    for matter in ("KP-HS-01", "KP-HS-10"):
        called(a_callback(office, an_issue(office, customer=customer, key_point=matter)), office)
    order = finish_order(an_order(company=office.company, customer=customer, at=MONDAY), at=MONDAY + HOUR)
    callback = Callback.objects.get(order=order)
    actions.open_due(callback.window_start)
    callback.refresh_from_db()

    with pytest.raises(TooManyCalls):
        actions.claim(callback, by=office.caller, at=in_window(callback))
    actions.claim(callback, by=office.caller, at=MONDAY + 19 * DAY)


@pytest.mark.parametrize("state", ["planned", "due", "reached", "not_reached", "finished", "refused", "void"])
def test_results_are_written_only_during_the_call(state: str) -> None:
    office = an_office()
    callback = a_callback(office)
    Callback.objects.filter(pk=callback.pk).update(state=state)
    callback.refresh_from_db()
    at = in_window(callback)
    calls: list[tuple[type[BusinessError], object]] = [
        (WrongState, lambda: actions.release(callback, by=office.caller, at=at)),
        (WrongState, lambda: actions.refuse(callback, by=office.caller, at=at)),
        (WrongState, lambda: actions.record_not_reached(callback, by=office.caller, at=at, result="busy")),
        (
            WrongState,
            lambda: actions.finish(callback, by=office.caller, at=at, solved=True, rating=5, verbatim="好"),
        ),
    ]
    for error, call in calls:
        with pytest.raises(error):
            call()  # type: ignore[operator]
