"""Breaches that were not the company's fault: asked with evidence, decided by the level above (workflows.md §11)."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_picture, an_order, run_to
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.orders.models import Stage
from touchpoints.promises.actions import (
    ExemptionDecided,
    ExemptionEvidence,
    PromiseNotBroken,
    ask_exemption,
    decide_exemption,
)
from touchpoints.promises.actions.exempting import DecisionWithoutReason
from touchpoints.promises.enums import Standing
from touchpoints.promises.models import Exemption
from touchpoints.promises.queries import Promises, Wanted, to_decide

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
DAY = timedelta(days=1)


class Case:
    """A survey that ran late, the department's manager who asks, the leader who decides."""

    def __init__(self, world) -> None:
        self.stage = run_to(an_order(company=world.company, by=world.owner, at=MONDAY), "SURVEY")
        self.manager = a_person("dept_mgr", at=self.stage.unit)
        self.leader = a_person("branch_leader", at=world.company)
        self.now = self.stage.due_at + DAY

    def asked(self, **more):
        given = {"by": self.manager, "at": self.now, "reason": "customer", "text": "客户两次改期", "photo": a_picture()}
        return ask_exemption(self.stage, **(given | more))

    def in_state(self, state, user=None):
        return [row.stage.pk for row in Promises(user or self.leader, Wanted(state=state), self.now).page().rows]


@pytest.fixture
def case(world):
    return Case(world)


def test_granted_it_leaves_the_broken_ones_and_the_share(case):
    before = Promises(case.leader, Wanted(), case.now).by_standard()
    exemption = case.asked()
    assert case.in_state(Standing.BROKEN) == [case.stage.pk], "asking changes no figure"

    decide_exemption(exemption, by=case.leader, at=case.now, grant=True)

    assert (case.in_state(Standing.BROKEN), case.in_state(Standing.EXEMPT)) == ([], [case.stage.pk])
    after = Promises(case.leader, Wanted(), case.now).by_standard()
    assert sum(one.broken for one in before) - sum(one.broken for one in after) == 1
    assert sum(one.kept for one in before) == sum(one.kept for one in after)
    assert [entry.verb for entry in Entry.objects.filter(verb__startswith="stage.exempt").order_by("pk")] == [
        "stage.exemption_asked", "stage.exempted",
    ]  # fmt: skip


def test_refused_with_the_reason_it_may_be_asked_again(case):
    first = case.asked()
    with pytest.raises(DecisionWithoutReason):
        decide_exemption(first, by=case.leader, at=case.now, grant=False, text="  ")
    decide_exemption(first, by=case.leader, at=case.now, grant=False, text="照片看不出日期")

    row = Promises(case.manager, Wanted(state=Standing.BROKEN), case.now).page().rows[0]
    assert (row.exemption.decision, row.may_ask) == ("照片看不出日期", True)
    assert case.asked().state == "asked"


def test_one_request_at_a_time_and_a_decision_is_final(case):
    exemption = case.asked()
    with pytest.raises(ExemptionDecided):
        case.asked()
    decide_exemption(exemption, by=case.leader, at=case.now, grant=True)
    with pytest.raises(WrongState):
        decide_exemption(exemption, by=case.leader, at=case.now, grant=False, text="改主意了")
    with pytest.raises(ExemptionDecided):
        case.asked()


@pytest.mark.parametrize(
    "broken",
    [
        {"photo": None},
        {"photo": SimpleUploadedFile("x.jpg", b"no picture")},
        {"reason": "weather"},
        {"text": " "},
        {"text": "长" * 301},
    ],
)
def test_without_evidence_there_is_nothing_to_decide(broken, case):
    with pytest.raises(ExemptionEvidence):
        case.asked(**broken)
    assert not Exemption.objects.exists()


def test_what_is_not_broken_needs_none(case):
    with pytest.raises(PromiseNotBroken):
        case.asked(at=case.stage.due_at)


# ---- the level above ---------------------------------------------------------------------------------------------


def test_nobody_decides_for_the_own_level(case, world):
    exemption = case.asked()
    colleague = a_person("dept_mgr", at=case.stage.unit)
    elsewhere = a_person("branch_leader", at=world.other)
    beside = a_person("dept_mgr", at=department_in(world.company, "D-HOME"))

    for person in (case.manager, colleague, elsewhere, beside):
        assert to_decide(person) == []
        with pytest.raises(NotAllowed):
            decide_exemption(exemption, by=person, at=case.now, grant=True)
    assert to_decide(case.leader) == [exemption]


def test_what_a_leader_asks_the_group_decides(case, world):
    exemption = case.asked(by=case.leader)
    group = a_person("hq_cs", at=department_in(world.group, "D-CS"))

    assert to_decide(case.leader) == []
    assert to_decide(group) == [exemption]
    assert decide_exemption(exemption, by=group, at=case.now, grant=True).decided_by == group


# ---- pages -------------------------------------------------------------------------------------------------------


def test_from_the_breach_to_the_decision(case, client_as, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: case.now)
    manager, leader = client_as(case.manager), client_as(case.leader)
    address = f"/promises/{case.stage.order.number}/{case.stage.pk}/exempt/"
    assert address in manager.get("/promises/?state=broken").content.decode()
    assert manager.get(address).status_code == 200

    refused = manager.post(address, {"reason": "customer", "text": "客户出差，改到下周"})
    assert refused.status_code == 422
    assert "客户出差，改到下周" in refused.content.decode()
    sent = {"reason": "customer", "text": "客户出差，改到下周", "photo": a_picture()}
    assert manager.post(address, sent).status_code == 302
    assert manager.post(address, sent | {"photo": a_picture()}).status_code == 409

    assert "1 项豁免申请等您决定" in leader.get("/promises/").content.decode()
    key = Exemption.objects.get().pk
    assert "客户出差，改到下周" in leader.get("/promises/exemptions/").content.decode()
    assert leader.get(f"/promises/exemptions/{key}/photo/")["Content-Type"] == "image/jpeg"
    assert leader.post(f"/promises/exemptions/{key}/decide/", {"grant": "0"}).status_code == 422
    assert leader.post(f"/promises/exemptions/{key}/decide/", {"grant": "9"}).status_code == 422
    assert leader.post(f"/promises/exemptions/{key}/decide/", {"grant": "1"}).status_code == 302
    assert "客户出差，改到下周" in leader.get("/promises/?state=exempt").content.decode()
    assert "没有等您决定的豁免申请" in leader.get("/promises/exemptions/").content.decode()


def test_a_stage_kept_in_time_has_no_page_to_ask(case, client_as, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: case.now)
    done = Stage.objects.filter(order=case.stage.order, state="done").first()

    answer = client_as(case.leader).post(
        f"/promises/{case.stage.order.number}/{done.pk}/exempt/",
        {"reason": "customer", "text": "没有失约", "photo": a_picture()},
    )

    assert answer.status_code == 409
