"""The call-back page: duties, the call beside the queue, refusals that keep the answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cxorders.journal.models import Entry
from feedback.callbacks import actions
from feedback.callbacks.models import Callback
from feedback.callbacks.queries.listing import DUTIES, counters, page_of
from tests.factories.issues import HOUR, MONDAY, Office, a_callback, an_issue, an_office, called, in_window
from tests.factories.orders import an_order
from tests.factories.orders import finish as finish_order
from tests.factories.organisation import a_person, department_in

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
SignIn = Callable[..., Client]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Set the time the views see."""

    def set_to(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return set_to


def duties(office: Office, at: datetime, who: str = "caller") -> dict[str, list[Callback]]:
    person = getattr(office, who)
    return {duty: [line.callback for line in page_of(person, duty, at=at)[0]] for duty in DUTIES}


def test_call_backs_stand_under_their_duty_by_the_end_of_their_window() -> None:
    office = an_office()
    complaint = a_callback(office)
    order = finish_order(an_order(company=office.company, at=MONDAY), at=MONDAY + HOUR)
    satisfaction = Callback.objects.get(order=order)
    planned = a_callback(office, an_issue(office, at=MONDAY + 4 * 24 * HOUR), open_window=False)
    actions.open_due(satisfaction.window_start)
    last_day = complaint.window_end - HOUR

    assert duties(office, last_day) == {
        "today": [complaint],
        "complaint": [complaint, planned],
        "satisfaction": [satisfaction],
        "retry": [],
        "planned": [],
    }
    numbers = counters(office.caller, at=last_day)
    assert (numbers.open, numbers.tabs["today"], numbers.finished) == (3, 1, 0)


def test_strangers_have_other_queues() -> None:
    office = an_office()
    callback = a_callback(office)
    elsewhere = department_in(office.stranger.active_grant.unit.company, "D-HOME")

    for who, sees in ((office.caller, 1), (office.manager, 1), (office.leader, 1), (office.hq, 1)):
        assert len(page_of(who, "complaint", at=in_window(callback))[0]) == sees
    assert page_of(a_person("callback", at=elsewhere), "complaint", at=in_window(callback))[0] == []


def test_what_was_finished_today_is_counted() -> None:
    office = an_office()
    callback = called(a_callback(office), office)

    numbers = counters(office.caller, at=in_window(callback) + HOUR)

    assert (numbers.finished, numbers.reached, numbers.open) == (1, 1, 0)


def test_a_call_from_claim_to_save_and_on_to_the_next(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    first, second = a_callback(office), a_callback(office)
    client = client_as(office.caller)
    clock(in_window(first))

    assert client.get("/callbacks/").status_code == 200
    claimed = client.post(f"/callbacks/{first.pk}/claim/", {"duty": "complaint"})
    assert claimed.headers["Location"] == f"/callbacks/{first.pk}/?duty=complaint"
    page = client.get(claimed.headers["Location"]).content.decode()
    assert "问题是否解决" in page
    assert first.customer.phone not in page

    number = client.post(f"/callbacks/{first.pk}/reveal/").content.decode()
    assert "由您查看" in number
    assert Entry.objects.filter(verb="customer.phone_revealed", actor_id=office.caller.pk).count() == 1

    answers = {"P1": "1", "P2": "4", "P3": "3", "P4": "5", "P5": "装好了", "duty": "complaint"}
    saved = client.post(f"/callbacks/{first.pk}/finish/", answers)
    assert saved.headers["Location"] == "/callbacks/?duty=complaint"
    following = client.get(saved.headers["Location"])
    assert following.context["chosen"] == second

    first.refresh_from_db()
    assert (first.state, first.rating, first.issue.__class__.objects.get(pk=first.issue_id).state) == (
        "finished",
        4,
        "closed",
    )


def test_a_number_is_shown_only_to_who_holds_the_call(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    callback = a_callback(office)
    clock(in_window(callback))

    assert client_as(office.caller).post(f"/callbacks/{callback.pk}/reveal/").status_code == 403
    assert client_as(office.manager).post(f"/callbacks/{callback.pk}/reveal/").status_code == 403


@pytest.mark.parametrize("missing", ["P1", "P2"])
def test_a_missing_answer_keeps_all_others(missing: str, client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    callback = a_callback(office)
    clock(in_window(callback))
    client = client_as(office.caller)
    client.post(f"/callbacks/{callback.pk}/claim/")
    answers = {"P1": "1", "P2": "4", "P5": "装是装好了，就是太慢😀"}
    answers.pop(missing)

    answer = client.post(f"/callbacks/{callback.pk}/finish/", answers)

    assert answer.status_code == 422
    assert "装是装好了，就是太慢😀" in answer.content.decode()


def test_a_customer_may_leave_the_rating_out(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    callback = a_callback(office)
    clock(in_window(callback))
    client = client_as(office.caller)
    client.post(f"/callbacks/{callback.pk}/claim/")

    client.post(f"/callbacks/{callback.pk}/finish/", {"P1": "1", "no_rating": "on", "P5": "行了"})

    callback.refresh_from_db()
    assert (callback.state, callback.rating, callback.record.no_answer) == ("finished", None, "refused")


def test_misses_appointments_and_refusals_are_one_press_each(
    client_as: SignIn, clock: Callable[[datetime], None]
) -> None:
    office = an_office()
    client = client_as(office.caller)
    missed, appointed, refused, given_back = (a_callback(office) for _ in range(4))
    clock(in_window(missed))
    for callback, step, fields in (
        (missed, "missed", {"result": "no_answer", "message_left": "on"}),
        (appointed, "missed", {"result": "appointment_made", "next_try_at": "2026-09-18T10:00"}),
        (refused, "refuse", {}),
        (given_back, "release", {}),
    ):
        client.post(f"/callbacks/{callback.pk}/claim/")
        assert client.post(f"/callbacks/{callback.pk}/{step}/", fields).status_code == 302

    states = list(Callback.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["retry_planned", "retry_planned", "refused", "due"]


@pytest.mark.parametrize("fields", [{}, {"result": "nonsense"}, {"result": "appointment_made"}])
def test_a_miss_without_its_words_comes_back(
    fields: dict[str, str], client_as: SignIn, clock: Callable[[datetime], None]
) -> None:
    office = an_office()
    callback = a_callback(office)
    clock(in_window(callback))
    client = client_as(office.caller)
    client.post(f"/callbacks/{callback.pk}/claim/")

    assert client.post(f"/callbacks/{callback.pk}/missed/", fields).status_code == 422


def test_a_refused_claim_says_why(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    callback = a_callback(office)
    clock(in_window(callback, hour=21))

    answer = client_as(office.caller).post(f"/callbacks/{callback.pk}/claim/")

    assert answer.status_code == 422
    assert "9:00–20:00" in answer.content.decode()


def test_a_call_somebody_else_holds_is_told(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    callback = a_callback(office)
    at = in_window(callback)
    clock(at)
    actions.claim(callback, by=office.caller, at=at)
    other = client_as(a_person("callback", at=department_in(office.company, "D-CC")))

    assert "正在打这一通" in other.get(f"/callbacks/{callback.pk}/").content.decode()
    assert other.post(f"/callbacks/{callback.pk}/claim/").status_code == 409
    lost = other.post(f"/callbacks/{callback.pk}/finish/", {"P1": "1", "P2": "5", "P5": "客户说的话"})
    assert lost.status_code == 409


@pytest.mark.parametrize("duty", ["today", "complaint", "satisfaction", "retry", "planned", "nonsense"])
@pytest.mark.parametrize("who", ["caller", "manager", "hq"])
def test_every_duty_is_drawn_for_everybody(
    duty: str, who: str, client_as: SignIn, clock: Callable[[datetime], None]
) -> None:
    office = an_office()
    callback = a_callback(office)
    a_callback(office, open_window=False)
    clock(in_window(callback))
    actions.claim(callback, by=office.caller, at=in_window(callback))
    actions.record_not_reached(callback, by=office.caller, at=in_window(callback), result="busy")
    called(a_callback(office), office, at=in_window(callback))
    client = client_as(getattr(office, who))

    for address in (
        f"/callbacks/?duty={duty}&after=x~y",
        *(f"/callbacks/{row.pk}/?duty={duty}" for row in Callback.objects.order_by("pk")),
    ):
        assert client.get(address).status_code == 200


def test_front_line_and_strangers_do_not_enter(client_as: SignIn) -> None:
    office = an_office()
    callback = a_callback(office)

    assert client_as(office.technician).get("/callbacks/").status_code == 403
    elsewhere: Any = a_person("callback", at=department_in(office.stranger.active_grant.unit.company, "D-HOME"))
    assert client_as(elsewhere).get(f"/callbacks/{callback.pk}/").status_code == 404
    assert client_as(office.caller).get("/callbacks/99999999999999999999/").status_code == 404


def test_one_line_costs_as_many_queries_as_three(client_as: SignIn, clock: Callable[[datetime], None]) -> None:
    office = an_office()
    client, counts = client_as(office.caller), []
    for number in (1, 2):
        for _ in range(number):
            callback = a_callback(office)
        clock(in_window(callback))
        client.get("/callbacks/?duty=complaint")
        with CaptureQueriesContext(connection) as captured:
            assert client.get("/callbacks/?duty=complaint").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1]
