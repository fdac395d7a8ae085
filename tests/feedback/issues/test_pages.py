"""The issue page and its steps in the browser: words, clock, buttons, refusals that keep what was typed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from feedback.issues import actions
from feedback.issues.models import Issue
from feedback.issues.views.steps import STEPS, steps_for
from tests.factories.catalogue import key_point
from tests.factories.issues import ANSWER, HOUR, Office, a_callback, an_issue, an_office, brought_to, in_state
from tests.factories.orders import a_customer

pytestmark = pytest.mark.django_db
GROUND = (an_office,)
SignIn = Callable[..., Client]


def fresh(office: Office, **draft: Any) -> Issue:
    """An issue that runs now: its due time lies ahead."""
    return an_issue(office, at=timezone.now() - 6 * HOUR, **draft)


def buttons(office: Office, who: str, issue: Issue) -> list[str]:
    return [step["code"] for step in steps_for(getattr(office, who), Issue.objects.get(pk=issue.pk))]


def test_the_page_shows_words_answers_clock_and_people(client_as: SignIn) -> None:
    office = an_office()
    issue = fresh(office, verbatim="约好十点半，十一点多才到，电话也没有一个。")

    page = client_as(office.handler).get(f"/issues/{issue.number}/")

    text = page.content.decode()
    assert page.status_code == 200
    for part in (
        "约好十点半，十一点多才到，电话也没有一个。",
        issue.number,
        office.technician.name,
        "距办结到期还有",
        "139****",
    ):
        assert part in text
    assert issue.customer.phone not in text


@pytest.mark.parametrize(
    "state",
    [
        "dispatched",
        "accepted",
        "in_progress",
        "pending_customer",
        "verifying",
        "closed",
        "reopened",
        "returned",
        "gate_review",
    ],
)
@pytest.mark.parametrize("who", ["technician", "handler", "manager", "caller", "leader", "hq"])
def test_the_page_is_drawn_in_every_state_for_everybody(state: str, who: str, client_as: SignIn) -> None:
    office = an_office()
    issue = fresh(office)
    if state == "pending_customer":
        brought_to("in_progress", issue, office)
        actions.pause(issue, by=office.manager, at=timezone.now(), reason="permit", note="等许可")
    elif state in ("returned", "gate_review"):
        in_state(state, issue)
    else:
        brought_to(state, issue, office)

    assert client_as(getattr(office, who)).get(f"/issues/{issue.number}/").status_code == 200


def test_strangers_and_wrong_numbers_find_nothing(client_as: SignIn) -> None:
    office = an_office()
    issue = fresh(office)

    assert client_as(office.stranger).get(f"/issues/{issue.number}/").status_code == 404
    client = client_as(office.handler)
    other_year = issue.number.replace("-26-", "-25-")
    for number in ("WT-26-99999", other_year, "DD-26-00001", "x", "WT-26-9999999999999999999"):
        assert client.get(f"/issues/{number}/").status_code == 404


def test_buttons_ask_the_table_and_the_policy() -> None:
    office = an_office()
    issue = fresh(office)
    offered = {
        "dispatched": {who: buttons(office, who, issue) for who in ("handler", "manager", "technician", "caller")}
    }
    brought_to("in_progress", issue, office)
    offered["in_progress"] = {who: buttons(office, who, issue) for who in ("handler", "manager", "technician")}
    brought_to("verifying", issue, office)
    offered["verifying"] = {who: buttons(office, who, issue) for who in ("handler", "manager", "gatekeeper", "caller")}
    brought_to("closed", issue, office)
    offered["closed"] = {who: buttons(office, who, issue) for who in ("handler", "technician", "caller")}

    assert offered == {
        "dispatched": {"handler": ["accept"], "manager": ["accept", "redispatch"], "technician": [], "caller": []},
        "in_progress": {
            "handler": ["reply", "contact", "pause"],
            "manager": ["reply", "contact", "pause"],
            "technician": [],
        },
        "verifying": {"handler": [], "manager": [], "gatekeeper": ["close"], "caller": []},
        "closed": {"handler": ["reopen"], "technician": ["reopen"], "caller": []},
    }


def test_the_steps_of_the_circle_are_taken_by_their_addresses(client_as: SignIn) -> None:
    office = an_office()
    issue = fresh(office)
    client = client_as(office.handler)

    for code, fields in (
        ("accept", {}),
        ("contact", {"text": "已致歉"}),
        ("reply", ANSWER),
    ):
        address = f"/issues/{issue.number}/{code}/"
        assert client.get(address).status_code == 200
        assert client.post(address, fields).headers["Location"] == f"/issues/{issue.number}/"

    issue.refresh_from_db()
    assert (issue.state, issue.reply_text) == ("verifying", ANSWER["reply_text"])


def test_a_form_in_place_answers_htmx_with_the_fragment_and_then_the_address(client_as: SignIn) -> None:
    office = an_office()
    issue = fresh(office)
    client = client_as(office.handler)
    htmx = {"HX-Request": "true"}

    fragment = client.get(f"/issues/{issue.number}/accept/", headers=htmx)
    taken = client.post(f"/issues/{issue.number}/accept/", {}, headers=htmx)

    assert b"<html" not in fragment.content
    assert b"hx-post" in fragment.content
    assert taken.headers["HX-Redirect"] == f"/issues/{issue.number}/"


def test_a_refusal_keeps_what_was_typed(client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", fresh(office), office)

    answer = client_as(office.handler).post(
        f"/issues/{issue.number}/reply/", {"action_taken": "已经道歉了😀", "reply_text": "明早九点"}
    )

    assert answer.status_code == 422
    assert "已经道歉了😀" in answer.content.decode()


def test_a_lost_race_is_told_with_the_text_still_there(client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", fresh(office), office)
    actions.reply(issue, by=office.manager, at=timezone.now(), **ANSWER)

    answer = client_as(office.handler).post(
        f"/issues/{issue.number}/reply/", ANSWER | {"reply_text": "我写了半天的答复"}
    )

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "我写了半天的答复" in text
    assert "回访核实" in text


@pytest.mark.parametrize("length", [2001, 100_000])
def test_an_over_long_answer_comes_back(length: int, client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", fresh(office), office)

    answer = client_as(office.handler).post(f"/issues/{issue.number}/reply/", ANSWER | {"reply_text": "长" * length})

    assert answer.status_code == 422


@pytest.mark.parametrize("code", sorted(STEPS))
def test_a_step_that_is_not_ones_own_is_refused(code: str, client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("closed", fresh(office), office)

    for method in ("get", "post"):
        answer = getattr(client_as(office.caller), method)(f"/issues/{issue.number}/{code}/")
        assert answer.status_code == 403


def test_pausing_and_resuming_by_their_forms(client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", fresh(office), office)
    client = client_as(office.manager)
    fields = {"reason": "waiting_customer", "note": "客户出差", "until": "2099-01-01T09:00"}

    assert client.post(f"/issues/{issue.number}/pause/", {"reason": "x", "until": "nonsense"}).status_code == 422
    assert client.post(f"/issues/{issue.number}/pause/", fields).status_code == 302
    assert client.post(f"/issues/{issue.number}/resume/", {}).status_code == 302

    issue.refresh_from_db()
    assert issue.state == "in_progress"


def test_the_story_alone_is_given_to_htmx(client_as: SignIn) -> None:
    office = an_office()
    issue = brought_to("in_progress", fresh(office), office)
    client = client_as(office.handler)

    flow, contact = (
        client.get(
            f"/issues/{issue.number}/?show={show}", headers={"HX-Request": "true", "HX-Target": "story"}
        ).content.decode()
        for show in ("flow", "contact")
    )

    assert "已致歉" in contact
    assert "已致歉" not in flow
    assert "<html" not in flow


def test_more_records_and_more_rows_cost_no_more_queries(client_as: SignIn) -> None:
    office = an_office()
    customer = a_customer(office.company)
    issue = fresh(office, customer=customer)
    fresh(office, customer=customer)
    client, counts = client_as(office.handler), []
    for _ in range(2):
        client.get(f"/issues/{issue.number}/")
        with CaptureQueriesContext(connection) as captured:
            client.get(f"/issues/{issue.number}/")
        counts.append(len(captured))
        for _more in range(2):
            fresh(office, customer=customer)

    assert counts[0] == counts[1]


def test_the_call_back_is_told_on_the_page(client_as: SignIn) -> None:
    office = an_office()
    issue = a_callback(office, fresh(office), open_window=False).issue

    assert "回访核实" in client_as(office.manager).get(f"/issues/{issue.number}/").content.decode()


def test_an_issue_is_registered_by_its_form(client_as: SignIn) -> None:
    office = an_office()
    customer = a_customer(office.company)
    client = client_as(office.handler)
    page = client.get(f"/issues/new/?customer={customer.number}")
    fields = {
        "client_key": page.context["form"]["client_key"].value(),
        "customer_text": customer.number,
        "key_point": key_point("KP-HS-01").code,
        "title": "三次没人上门",
        "text": "来电说约了三次都没人来",
    }

    first, second = (client.post("/issues/new/", fields) for _ in range(2))

    issue = Issue.objects.get()
    assert (first.headers["Location"], second.headers["Location"]) == (f"/issues/{issue.number}/",) * 2
    assert (issue.customer, issue.owner, issue.unit) == (customer, office.handler, office.home)


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"customer_text": "没有这个人"},
        {"order_number": "DD-26-99999"},
        {"key_point": "KP-XX"},
        {"title": "长" * 300},
    ],
)
def test_a_wrong_registration_comes_back_filled(change: dict[str, str], client_as: SignIn) -> None:
    office = an_office()
    fields = {
        "client_key": "2c1f6a0e-6d5b-4f0e-9a51-0d9f6f7f7a10",
        "key_point": key_point("KP-HS-01").code,
        "title": "三次没人上门",
        "text": "客户的原话在这里",
        **change,
    }

    answer = client_as(office.handler).post("/issues/new/", fields)

    assert answer.status_code == 422
    assert "客户的原话在这里" in answer.content.decode()


def test_people_without_the_right_do_not_register(client_as: SignIn) -> None:
    office = an_office()

    assert client_as(office.caller).get("/issues/new/").status_code == 403
