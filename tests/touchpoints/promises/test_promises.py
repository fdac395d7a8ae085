"""Promises by state, from clocks alone; telling the customer of a broken one (workflows.md §11)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer, an_order, current_stage, finish, run_to, shanghai
from tests.factories.organisation import a_person, a_world, department_in, team_of
from tests.factories.pledges import an_exemption
from touchpoints.orders.actions import fail_stage, pause_stage
from touchpoints.orders.models import Stage
from touchpoints.orders.nearness import is_near
from touchpoints.promises.actions import NobodyToTell, PromiseNotBroken, TellingIncomplete, tell_breach
from touchpoints.promises.enums import Standing, ToldHow
from touchpoints.promises.models import Exemption, StageBreachTold
from touchpoints.promises.queries import Promises, Wanted, standing_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
URL = "/promises/"
DAY = timedelta(days=1)


def text_of(response) -> str:
    return response.content.decode()


def a_stage(world, *, at=MONDAY, code="SURVEY"):
    """An open stage with its promise of three days."""
    return run_to(an_order(company=world.company, by=world.owner, at=at), code)


def leader_of(world):
    return a_person("branch_leader", at=world.company)


def keys(user, state, now, **wanted):
    return [row.stage.pk for row in Promises(user, Wanted(state=state, **wanted), now).page().rows]


def standings(user, now) -> dict[str, list[int]]:
    return {state.value: keys(user, state, now) for state in Standing}


# ---- where a promise stands --------------------------------------------------------------------------------------


def test_a_promise_runs_comes_near_breaks_as_the_clock_goes_on(world):
    leader, stage = leader_of(world), a_stage(world)
    assert stage.due_at is not None
    ended = [s.pk for s in Stage.objects.filter(order=stage.order, state="done").order_by("-ended_at", "-pk")]
    early, near, late = stage.started_at + timedelta(hours=1), stage.due_at - timedelta(hours=2), stage.due_at + DAY

    assert standings(leader, early) == {"running": [stage.pk], "risk": [], "broken": [], "kept": ended, "exempt": []}
    assert standings(leader, near) == {
        "running": [stage.pk],
        "risk": [stage.pk],
        "broken": [],
        "kept": ended,
        "exempt": [],
    }
    assert standings(leader, late) == {"running": [], "risk": [], "broken": [stage.pk], "kept": ended, "exempt": []}


def test_a_paused_clock_breaks_nothing_and_says_why(world):
    leader, stage = leader_of(world), a_stage(world)
    pause_stage(
        stage, by=None, at=stage.started_at + timedelta(hours=1), reason="waiting_customer", note="等客户清空厨房"
    )
    stage.refresh_from_db()

    page = Promises(leader, Wanted(), stage.due_at + DAY).page()

    assert [row.stage.pk for row in page.rows] == [stage.pk]
    assert "等客户清空厨房" in page.rows[0].why[0]
    assert keys(leader, Standing.BROKEN, stage.due_at + DAY) == []


def test_what_ended_this_month_is_kept_or_broken_and_last_month_is_gone(world):
    leader, kept, late = leader_of(world), a_stage(world), a_stage(world)
    evidence_free = {"by": None, "reason": "到访不遇"}
    fail_stage(late, at=late.due_at + timedelta(hours=1), **evidence_free)
    Stage.objects.filter(pk=kept.pk).update(state="done", ended_at=kept.due_at - timedelta(hours=1))
    now = late.due_at + DAY

    assert kept.pk in keys(leader, Standing.KEPT, now)
    assert keys(leader, Standing.BROKEN, now) == [late.pk]
    next_month = shanghai("2026-11-02 10:00")
    assert kept.pk not in keys(leader, Standing.KEPT, next_month)
    assert late.pk not in keys(leader, Standing.BROKEN, next_month)


@pytest.mark.parametrize("hours", [1, 10, 20, 30, 40, 50, 57, 58, 59, 61, 70, 80, 90])
def test_the_database_and_the_clock_agree_on_what_is_near(world, hours):
    """The condition in SQL and the function that colours a row are the same rule."""
    leader, stage = leader_of(world), a_stage(world)
    now = stage.started_at + timedelta(hours=hours)
    promises = Promises(leader, Wanted(), now)
    running = list(promises.of(Standing.RUNNING).order_by("pk"))

    assert set(promises.of(Standing.AT_RISK).values_list("pk", flat=True)) == {
        one.pk for one in running if is_near(one, now, promises.horizon)
    }
    assert {standing_of(one, now, promises.horizon) for one in running} <= {Standing.RUNNING, Standing.AT_RISK}


def test_a_fifth_of_the_time_is_near_for_promises_of_hours_without_a_horizon():
    stage = Stage(started_at=MONDAY, due_at=MONDAY + timedelta(hours=10), promise_unit="CH")

    assert not is_near(stage, MONDAY + timedelta(hours=8), None)
    assert is_near(stage, MONDAY + timedelta(hours=8, minutes=1), None)
    assert not is_near(Stage(), MONDAY, None)


def test_the_month_by_standard_counts_what_is_decided(world):
    leader, first, second = leader_of(world), a_stage(world), a_stage(world)
    now = second.due_at + DAY
    Stage.objects.filter(pk=first.pk).update(state="done", ended_at=first.due_at - timedelta(hours=1))

    shares = {share.code: share for share in Promises(leader, Wanted(), now).by_standard()}

    survey = shares[first.stage_type.standard.code if first.stage_type.standard else ""]
    assert (survey.kept, survey.broken, survey.n, survey.percent) == (1, 1, 2, 50.0)
    only = Promises(leader, Wanted(standard=survey.code), now).by_standard()
    assert [share.code for share in only] == [survey.code]


# ---- telling the customer ----------------------------------------------------------------------------------------


def test_the_customer_is_told_once_and_the_journal_knows(world):
    stage = a_stage(world)
    at = stage.due_at + timedelta(hours=2)

    told = tell_breach(stage, by=world.owner, at=at, how=ToldHow.PHONE, text=" 设计图未批，改到周五 ")
    again = tell_breach(stage, by=world.owner, at=at + DAY, how=ToldHow.MESSAGE, text="再说一次")

    assert (told.text, told.due_at, told.by) == ("设计图未批，改到周五", stage.due_at, world.owner)
    assert again.pk == told.pk
    assert StageBreachTold.objects.count() == 1
    row = Entry.objects.get(verb="stage.breach_told")
    assert (row.subject_id, row.data["how"], row.data["text"]) == (stage.order_id, "phone", "设计图未批，改到周五")


@pytest.mark.parametrize("hours", [-1, -48])
def test_a_promise_that_holds_is_not_told_as_broken(world, hours):
    stage = a_stage(world)

    with pytest.raises(PromiseNotBroken):
        tell_breach(stage, by=None, at=stage.due_at + timedelta(hours=hours), how="phone", text="晚了")


@pytest.mark.parametrize(("how", "text"), [("phone", "  "), ("pigeon", "晚了"), ("phone", "长" * 301)])
def test_what_is_told_is_complete(world, how, text):
    stage = a_stage(world)

    with pytest.raises(TellingIncomplete):
        tell_breach(stage, by=None, at=stage.due_at + DAY, how=how, text=text)


def test_nobody_is_told_where_there_is_no_customer(world):
    stage = a_stage(world)
    type(stage.order).objects.filter(pk=stage.order_id).update(customer=None)

    with pytest.raises(NobodyToTell):
        tell_breach(stage, by=None, at=stage.due_at + DAY, how="phone", text="晚了")


def test_only_those_who_answer_for_the_stage_may_tell(world):
    stage = a_stage(world)
    elsewhere = a_person("crew", at=team_of(world.company, "D-ENG"))

    for person in (elsewhere, world.stranger, a_person("hq_cs")):
        with pytest.raises(NotAllowed):
            tell_breach(stage, by=person, at=stage.due_at + DAY, how="phone", text="晚了")
    worker = a_person("handler", at=department_in(world.company, "D-DES"))
    assert tell_breach(stage, by=worker, at=stage.due_at + DAY, how="phone", text="晚了").by == worker


def test_what_was_told_cannot_be_changed(world):
    stage = a_stage(world)
    told = tell_breach(stage, by=None, at=stage.due_at + DAY, how="phone", text="晚了")

    with pytest.raises(DatabaseError):
        StageBreachTold.objects.filter(pk=told.pk).update(text="没晚")


# ---- the page ----------------------------------------------------------------------------------------------------


def old(days: int):
    return timezone.now() - timedelta(days=days)


def test_a_row_tells_order_customer_promise_due_reason_and_person(world, client_as):
    stage = a_stage(world, at=MONDAY)  # long broken today
    customer = stage.order.customer

    page = text_of(client_as(leader_of(world)).get(URL + "?state=broken"))

    assert customer.phone not in page
    for words in (
        stage.order.number,
        str(customer),
        f"{customer.phone[:3]}****{customer.phone[-4:]}",
        "≤3 天",
        "没有写明原因",
        "还没告知",
        stage.unit.name,
    ):
        assert words in page


def test_a_company_sees_its_promises_and_the_group_sees_companies(world, client_as):
    mine = a_stage(world)
    theirs = run_to(an_order(company=world.other, by=world.stranger), "SURVEY")

    own = text_of(client_as(leader_of(world)).get(URL + "?state=broken"))
    group = text_of(client_as(a_person("hq_cs")).get(URL + "?state=broken"))
    one = text_of(client_as(a_person("hq_cs")).get(f"{URL}?state=broken&unit={world.other.pk}"))

    assert mine.order.number in own
    assert theirs.order.number not in own
    assert mine.order.number in group
    assert f"{world.other.name}" in group
    assert mine.order.number not in one
    assert theirs.order.number in one


@pytest.mark.parametrize("query", ["type=OT-RETAIL-INSTALL", "type=OT-REPAIR", "standard=STD-NONE", "unit=999999"])
def test_filters_narrow_the_list(world, client_as, query):
    stage = a_stage(world)

    page = text_of(client_as(leader_of(world)).get(f"{URL}?state=broken&{query}"))

    assert (stage.order.number in page) == (query == "type=OT-RETAIL-INSTALL")
    assert ("这些条件下没有承诺" in page) == (query != "type=OT-RETAIL-INSTALL")


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=2026-13-99_1", "unit=abc", "state=nonsense", "unit=" + "9" * 40, "type=%00", "standard=%00x"],
)
def test_nonsense_in_the_address_is_left_out(world, client_as, query):
    a_stage(world)

    assert client_as(leader_of(world)).get(f"{URL}?{query}").status_code == 200


@pytest.mark.parametrize("state", list(Standing))
def test_pages_follow_each_other_without_gap_or_repeat(world, state):
    leader = leader_of(world)
    stages = [a_stage(world) for _ in range(5)]
    now = {
        Standing.RUNNING: stages[0].started_at + timedelta(hours=1),
        Standing.AT_RISK: stages[0].due_at - timedelta(hours=1),
        Standing.BROKEN: stages[0].due_at + DAY,
        Standing.KEPT: stages[0].due_at + DAY,
        Standing.EXEMPT: stages[0].due_at + DAY,
    }[state]
    if state == Standing.EXEMPT:
        for stage in stages:
            an_exemption(stage, unit=stage.unit, by=world.owner)
        Exemption.objects.update(state="granted", decided_at=now, decided_by=leader)
    seen, after = [], None
    while True:
        page = Promises(leader, Wanted(state=state, after=after), now).page(size=2)
        seen += [row.stage.pk for row in page.rows]
        after = page.next
        if after is None:
            break

    expected = Promises(leader, Wanted(state=state), now).of(state).values_list("pk", flat=True)
    assert sorted(seen) == sorted(expected)
    assert len(seen) >= 5


def test_counting_stops(world, monkeypatch):
    monkeypatch.setattr("touchpoints.promises.queries.MOST_COUNTED", 1)
    first = a_stage(world)
    a_stage(world)

    assert Promises(leader_of(world), Wanted(), first.started_at).counts()[Standing.RUNNING] == "1+"


def queries_of(client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as context:
        assert client.get(url).status_code == 200
    return len(context)


@pytest.mark.parametrize("state", ["broken", "kept"])
def test_the_page_costs_the_same_for_one_row_and_three(world, client_as, state):
    client, now = client_as(leader_of(world)), timezone.now()

    def one_more() -> None:
        stage = a_stage(world)
        tell_breach(stage, by=world.owner, at=now, how="phone", text="晚了")
        Stage.objects.filter(order=stage.order, state="done").update(ended_at=now, due_at=now + DAY)

    one_more()
    one = queries_of(client, f"{URL}?state={state}")
    one_more()
    late = a_stage(world)
    pause_stage(late, by=None, at=late.started_at, reason="permit", note="等许可")

    assert queries_of(client, f"{URL}?state={state}") == one


def test_the_step_opens_in_place_and_answers_with_what_was_told(world, client_as):
    stage = a_stage(world)
    client = client_as(world.owner)
    url = reverse("promises:tell", args=[stage.order.number, stage.pk])

    form = client.get(url, headers={"HX-Request": "true"})
    answer = client.post(url, {"how": "phone", "text": "图纸延迟，改到周五"}, headers={"HX-Request": "true"})
    twice = client.post(url, {"how": "phone", "text": "图纸延迟，改到周五"}, headers={"HX-Request": "true"})

    assert form.status_code == answer.status_code == twice.status_code == 200
    assert "<html" not in text_of(form)
    assert "说了什么" in text_of(form)
    assert f'id="told-{stage.pk}"' in text_of(answer)
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == (f"#told-{stage.pk}", "outerHTML")
    assert "已告知" in text_of(answer)
    assert StageBreachTold.objects.count() == 1
    assert "图纸延迟，改到周五" in text_of(client.get(reverse("orders:detail", args=[stage.order.number])))


def test_the_step_works_without_script_and_keeps_what_was_typed(world, client_as):
    stage = a_stage(world)
    client = client_as(world.owner)
    url = reverse("promises:tell", args=[stage.order.number, stage.pk])

    assert "<html" in text_of(client.get(url))
    refused = client.post(url, {"how": "", "text": "改到周五"})
    assert refused.status_code == 422
    assert "改到周五" in text_of(refused)
    done = client.post(url, {"how": "phone", "text": "改到周五"})
    assert (done.status_code, done.url) == (302, URL + "?state=broken")


def test_the_step_is_refused_where_it_makes_no_sense(world, client_as):
    running = a_stage(world, at=old(0))
    done = finish(an_order(company=world.company, by=world.owner, customer=a_customer(world.company)))
    client = client_as(world.owner)
    url = reverse("promises:tell", args=[running.order.number, running.pk])

    assert client.get(url).status_code == 409
    assert client.post(url, {"how": "phone", "text": "晚了"}).status_code == 409
    assert client.get(reverse("promises:tell", args=[done.number, running.pk])).status_code == 404
    assert client_as(world.stranger).get(url).status_code == 404
    assert current_stage(running.order) is not None


def test_a_finished_stage_can_be_told_too(world):
    stage = a_stage(world)
    Stage.objects.filter(pk=stage.pk).update(state="done", ended_at=stage.due_at + DAY)
    stage.refresh_from_db()

    assert tell_breach(stage, by=None, at=stage.due_at + 2 * DAY, how="in_person", text="上门时已说明").pk
