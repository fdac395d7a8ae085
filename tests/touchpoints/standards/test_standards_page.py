"""The list of standards, and a company asking more of itself on it: proposed, decided, put up."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from tests.factories.standards import a_draft, an_own_value, form, page_at
from touchpoints.standards.actions import reject_version
from touchpoints.standards.models import Standard, StandardVersion
from touchpoints.standards.queries import StandardFilter, standard_detail, standard_lines

GROUND = (the_catalogue, a_world)

SignIn = Callable[..., Client]
DAY = timedelta(days=1)


# ---- reading -----------------------------------------------------------------------------------------------------


def test_the_list_costs_the_same_with_one_and_with_three_rows(world: World, leader: User, today: date) -> None:
    for code in ("STD-BH-01", "STD-CC-01"):
        an_own_value(world.company, code)
    Standard.objects.exclude(code__in=["STD-BH-01", "STD-BH-02", "STD-CC-01"]).update(retired=True)
    with CaptureQueriesContext(connection) as three:
        assert len(standard_lines(world.company, on=today)) == 3
    Standard.objects.exclude(code="STD-BH-01").update(retired=True)
    with CaptureQueriesContext(connection) as one:
        assert len(standard_lines(world.company, on=today)) == 1

    assert len(one) == len(three)


def test_filters(world: World, leader: User, now: datetime, today: date) -> None:
    an_own_value(world.company, "STD-BH-01")
    an_own_value(world.company, "STD-BH-03", at=now, first=today + DAY)
    a_draft(world.company, "STD-CC-01", at=now, first=today)

    def codes(wanted: StandardFilter) -> list[str]:
        return [line.standard.code for line in standard_lines(world.company, wanted, on=today)]

    assert codes(StandardFilter(touchpoint="HS", text="安检")) == ["STD-HS-07", "STD-HS-08", "STD-HS-09"]
    assert codes(StandardFilter(evidence="seed")) == ["STD-CC-14", "STD-CC-15", "STD-KA-02"]
    assert codes(StandardFilter(adjusted=True)) == ["STD-BH-01", "STD-BH-03", "STD-CC-01"]
    assert codes(StandardFilter(text="std-ec-05")) == ["STD-EC-05"]


def test_a_standard_in_full(world: World, leader: User, today: date) -> None:
    detail = standard_detail("STD-CC-15", world.company, on=today)

    assert detail is not None
    assert detail.line.requirement.limit == "3–7 自然日"
    assert [(source.code, source.kind, source.name) for source in detail.sources] == [("S3", "集团方案", "")]
    assert "KP-CC-09" in [point.code for point in detail.key_points]
    assert detail.versions == []


def test_values_stand_side_by_side(world: World, leader: User, client_as: SignIn, now: datetime, today: date) -> None:
    an_own_value(world.company, "STD-BH-01", 11)
    an_own_value(world.company, "STD-BH-01", 9, at=now, first=today + 9 * DAY)

    own = page_at(client_as(world.owner), "/standards/?s=STD-BH-01")
    strange = page_at(client_as(world.stranger), "/standards/?s=STD-BH-01")

    assert "≤ 15 分钟" in own
    assert "≤ 11 分钟" in own
    assert f"2026-01-01 起，到 {today + 8 * DAY} 为止" in own
    assert f"{today + 9 * DAY} 起 ≤ 9 分钟" in own
    assert "加严由本公司部门负责人、把关人或领导提议" in own
    assert "≤ 11 分钟" not in strange
    assert "本公司一直与集团相同" in strange


def test_the_group_reads_a_company_and_changes_nothing(world: World, leader: User, client_as: SignIn) -> None:
    an_own_value(world.company, "STD-BH-01", 11)
    headquarters = client_as(a_person("hq_cs", at=world.group))

    assert "≤ 11 分钟" not in page_at(headquarters, "/standards/?s=STD-BH-01")
    chosen = page_at(headquarters, f"/standards/?s=STD-BH-01&company={world.company.code}")
    assert "≤ 11 分钟" in chosen
    assert "提交批准" not in chosen
    assert "记下公示" not in chosen


# ---- proposing ---------------------------------------------------------------------------------------------------


def test_a_proposal_waits_and_says_so(
    world: World, leader: User, manager: User, client_as: SignIn, today: date
) -> None:
    client = client_as(manager)

    answer = client.post("/standards/STD-CC-14/own/", form(today, "8", "12", valid_to=f"{today + 9 * DAY}"))

    assert (answer.status_code, answer.headers["Location"]) == (302, "/standards/?s=STD-CC-14")
    draft = StandardVersion.objects.get()
    assert (draft.value, draft.valid_from, draft.valid_to, draft.state) == ([8, 12], today, today + 9 * DAY, "draft")
    mine, leaders = page_at(client, "/standards/?s=STD-CC-14"), page_at(client_as(leader), "/standards/?s=STD-CC-14")
    assert "撤回提议" in mine
    assert "不批准时必填" not in mine
    assert "提交批准" not in mine
    assert "不批准时必填" in leaders
    assert "客户嫌慢" in leaders
    assert "有提议待批准" in leaders


@pytest.mark.parametrize(
    ("code", "typed", "more", "said"),
    [
        ("STD-BH-01", ["20"], {}, "只能比集团标准（≤ 15 分钟）更严"),
        ("STD-BH-01", ["很快"], {}, "请填写数值"),
        ("STD-BH-01", [], {}, "请填写数值"),
        ("STD-CC-14", ["8"], {}, "请填写数值"),
        ("STD-EC-17", ["23:00", "05:00"], {}, "只能比集团标准（22:00–06:00 之间不做）更严"),
        ("STD-BH-01", ["10"], {"valid_from": "2020-01-01"}, "不能倒填日期"),
        ("STD-BH-01", ["10"], {"valid_to": "2020-01-01"}, "最后一天不能早于第一天"),
        ("STD-BH-01", ["10"], {"valid_from": "下周"}, "id_valid_from_error"),
        ("STD-BH-01", ["10"], {"valid_from": ""}, "id_valid_from_error"),
        ("STD-BH-01", ["10"], {"reason": " "}, "id_reason_error"),
        ("STD-BH-01", ["10"], {"reason": "急\0"}, "id_reason_error"),
        ("STD-BH-01", ["10"], {"follow": "1"}, "本来就与集团相同"),
    ],
)
def test_a_refused_proposal_comes_back_as_typed(
    world: World, manager: User, client_as: SignIn, today: date, code: str, typed: list[str], more: dict[str, str],
    said: str,
) -> None:  # fmt: skip
    answer = client_as(manager).post(f"/standards/{code}/own/", form(today, *typed, **more))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert all(f'value="{value}"' in page for value in [*typed, more.get("valid_from", f"{today}")] if value)
    assert "reason" in more or "客户嫌慢" in page
    assert StandardVersion.objects.count() == 0


def test_a_second_proposal_is_told_and_kept(
    world: World, manager: User, client_as: SignIn, now: datetime, today: date
) -> None:
    a_draft(world.company, at=now, first=today)
    client = client_as(manager)

    twice = client.post("/standards/STD-BH-01/own/", form(today, "9", reason="再快一点"))
    wrong = client.post("/standards/STD-BH-01/own/", form(today, "9", reason="再快一点", valid_from="x"))

    assert (twice.status_code, wrong.status_code) == (409, 422)
    for page in (twice.content.decode(), wrong.content.decode()):
        assert 'name="value" value="9"' in page
        assert "再快一点" in page
    assert "已有一份提议在等批准" in twice.content.decode()


def test_back_to_the_group_is_proposed_too(
    world: World, leader: User, manager: User, client_as: SignIn, today: date
) -> None:
    an_own_value(world.company, "STD-BH-01", 11)
    client = client_as(manager)
    assert "提议改回集团标准" in page_at(client, "/standards/?s=STD-BH-01")

    client.post("/standards/STD-BH-01/own/", form(today + DAY, "", follow="1", reason="冬季保供"))
    key = StandardVersion.objects.get(state="draft").pk
    client_as(leader).post(f"/standards/versions/{key}/decide/", {"grant": "1", "here": "1"})

    page = page_at(client, "/standards/?s=STD-BH-01")
    assert f"{today + DAY} 起同集团" in page
    assert "≤ 11 分钟" in page


def test_who_may_not_propose(world: World, leader: User, client_as: SignIn, today: date) -> None:
    given = form(today, "10")

    for person in (world.owner, a_person("hq_cs", at=world.group), a_person("auditor", at=world.group)):
        assert client_as(person).post("/standards/STD-BH-01/own/", given).status_code == 403
    in_the_group = a_person("dept_mgr", at=world.group)
    assert client_as(in_the_group).post("/standards/STD-BH-01/own/", given).status_code == 403
    assert client_as(leader).post("/standards/STD-XX-01/own/", given).status_code == 404
    assert client_as(leader).get("/standards/STD-BH-01/own/").status_code == 405
    assert StandardVersion.objects.count() == 0


def test_where_nothing_is_stricter_nothing_is_proposed(
    world: World, manager: User, client_as: SignIn, today: date
) -> None:
    whole = Standard.objects.get(code="STD-BH-02")
    assert (whole.op, whole.value, whole.unit) == (">=", 100, "%")

    page = page_at(client_as(manager), "/standards/?s=STD-BH-02")

    assert "集团标准已经到顶" in page
    assert "提交批准" not in page


@pytest.mark.parametrize(
    ("op", "value", "unit", "more"),
    [
        (">=", 100, "%", False), (">=", 99, "%", True), (">=", 100, "CH", True), ("<=", 0, "%", False),
        ("<=", 1, "CD", True), ("between", [7, 15], "WD", True),
    ],
)  # fmt: skip
def test_what_can_be_tightened(op: str, value: Any, unit: str, more: bool) -> None:
    assert Standard(op=op, value=value, unit=unit).can_be_tightened is more


def test_who_proposed_takes_it_back(
    world: World, leader: User, manager: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, at=now, first=today, by=manager).pk

    assert client_as(leader).post(f"/standards/versions/{key}/withdraw/").status_code == 403
    stranger = a_person("branch_leader", at=world.other)
    assert client_as(stranger).post(f"/standards/versions/{key}/withdraw/").status_code == 404
    client = client_as(manager)
    assert client.post(f"/standards/versions/{key}/withdraw/").status_code == 302
    assert "提议人撤回" in page_at(client, "/standards/?s=STD-BH-01")
    assert client.post(f"/standards/versions/{key}/withdraw/").status_code == 409


# ---- around it ---------------------------------------------------------------------------------------------------


def test_the_pane_speaks_english(world: World, leader: User, client_as: SignIn, now: datetime, today: date) -> None:
    an_own_value(world.company, "STD-BH-01", 11)
    draft = a_draft(world.company, "STD-BH-01", 9, at=now, first=today, reason="Complaints")
    reject_version(draft, by=leader, at=now, text="Too few people")
    a_draft(world.company, "STD-BH-01", 9, at=now, first=today)
    reader = a_person("branch_leader", at=world.company, language="en")

    page = page_at(client_as(reader), "/standards/?s=STD-BH-01")

    assert "Too few people" in page
    assert "in force" in page.lower()
    assert "In force since 2026-01-01" in page
    assert "本公司历次标准" not in page


def test_the_journal_has_words_for_every_step(world: World, leader: User, client_as: SignIn, today: date) -> None:
    an_own_value(world.company, "STD-BH-01", 11)

    page = page_at(client_as(leader), "/journal/?about=standard&from=2026-01-01&to=2026-01-02")

    assert "提议了本公司标准" in page
    assert "批准了本公司标准" in page
    assert "标准：STD-BH-01" in page
    assert "本公司标准：≤ 11 分钟" in page


def test_empty_and_unknown(world: World, leader: User, client_as: SignIn) -> None:
    client = client_as(leader)

    assert "没有符合的标准" in page_at(client, "/standards/?q=没有这样的")
    assert client.get("/standards/?s=STD-XX-01").status_code == 404
    assert client.get(f"/standards/?company={world.other.code}").status_code == 404
    assert client.get("/standards/?q=%00&evidence=%00").status_code == 200
    assert client.post("/standards/versions/999999/decide/", {"grant": "1"}).status_code == 404


def test_htmx_gets_list_and_pane_alone(world: World, leader: User, client_as: SignIn) -> None:
    headers = {"HX-Request": "true", "HX-Target": "map-body"}

    part = client_as(leader).get("/standards/?s=STD-BH-02", headers=headers).content.decode()

    assert "<html" not in part
    assert "一次性告知率" in part
