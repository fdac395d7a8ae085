"""Proposals for standards on the pages of who decides them; noting that an approved one was put up."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.test import Client

from cxorders.organisation.models import User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from tests.factories.standards import a_draft, an_own_value, page_at
from touchpoints.standards.models import Standard, StandardVersion

GROUND = (the_catalogue, a_world)

SignIn = Callable[..., Client]
DAY = timedelta(days=1)


# ---- deciding ----------------------------------------------------------------------------------------------------


def test_what_waits_is_approved_from_the_list(
    world: World, leader: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, "STD-BH-01", 10, at=now, first=today).pk
    client = client_as(leader)
    assert "≤ 10 分钟" in page_at(client, "/standards/waiting/")
    assert "等我批准" in page_at(client, "/standards/")

    answer = client.post(f"/standards/versions/{key}/decide/", {"grant": "1", "text": ""})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/standards/waiting/")
    assert "没有等您批准的标准" in page_at(client, "/standards/waiting/")
    assert "生效中" in page_at(client_as(world.owner), "/standards/?s=STD-BH-01")
    again = client.post(f"/standards/versions/{key}/decide/", {"grant": "1"})
    assert again.status_code == 409
    assert "当前状态下不能做这一步" in again.content.decode()


def test_the_list_says_what_is_approved_already(
    world: World, leader: User, client_as: SignIn, now: datetime, today: date
) -> None:
    an_own_value(world.company, "STD-BH-01", 12)
    an_own_value(world.company, "STD-BH-01", 11, at=now, first=today + 30 * DAY)
    a_draft(world.company, "STD-BH-01", 10, at=now, first=today + 8 * DAY)

    page = page_at(client_as(leader), "/standards/waiting/")

    assert "≤ 12 分钟" in page
    assert f"{today + 30 * DAY} 起 ≤ 11 分钟" in page
    assert f"{today + 8 * DAY} 起" in page


def test_a_rejection_needs_its_reason_and_stays_in_sight(
    world: World, leader: User, manager: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, at=now, first=today).pk
    client = client_as(leader)

    refused = client.post(f"/standards/versions/{key}/decide/", {"grant": "0", "text": " "})
    assert refused.status_code == 422
    assert "不批准要写明理由" in refused.content.decode()
    odd = client.post(f"/standards/versions/{key}/decide/", {"grant": "9", "text": "看不懂"})
    assert odd.status_code == 422
    assert 'value="看不懂"' in odd.content.decode()

    answer = client.post(f"/standards/versions/{key}/decide/", {"grant": "0", "text": "人手不够", "here": "1"})
    assert answer.headers["Location"] == "/standards/?s=STD-BH-01"
    assert "不批准的理由：人手不够" in page_at(client_as(manager), "/standards/?s=STD-BH-01")


def test_a_draft_whose_day_has_passed_asks_for_another(
    world: World, leader: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, "STD-BH-01", 10, at=now - 3 * DAY, first=today - 2 * DAY).pk
    client = client_as(leader)
    assert "改为从哪天起" in page_at(client, "/standards/waiting/")

    late = client.post(f"/standards/versions/{key}/decide/", {"grant": "1", "text": "同意"})
    assert late.status_code == 422
    assert "不能倒填日期" in late.content.decode()
    assert 'value="同意"' in late.content.decode()

    client.post(f"/standards/versions/{key}/decide/", {"grant": "1", "valid_from": f"{today}"})
    assert StandardVersion.objects.get(pk=key).valid_from == today


def test_the_group_decides_for_any_company(
    world: World, leader: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, at=now, first=today, by=leader).pk
    headquarters = client_as(a_person("hq_cs", at=world.group))

    assert client_as(leader).post(f"/standards/versions/{key}/decide/", {"grant": "1"}).status_code == 403
    assert "没有等您批准的标准" in page_at(client_as(leader), "/standards/waiting/")
    assert world.company.name in page_at(headquarters, "/standards/waiting/")
    answer = headquarters.post(f"/standards/versions/{key}/decide/", {"grant": "1", "here": "1"})
    assert answer.headers["Location"] == f"/standards/?s=STD-BH-01&company={world.company.code}"
    assert page_at(headquarters, answer.headers["Location"])


def test_a_proposal_for_a_retired_standard_can_only_be_rejected(
    world: World, leader: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = a_draft(world.company, at=now, first=today).pk
    Standard.objects.filter(code="STD-BH-01").update(retired=True)
    client = client_as(leader)

    answer = client.post(f"/standards/versions/{key}/decide/", {"grant": "1"})
    assert answer.status_code == 422
    assert "没有这项标准，或已停用" in answer.content.decode()
    assert client.post(f"/standards/versions/{key}/decide/", {"grant": "0", "text": "停用了"}).status_code == 302


def test_the_bench_tells_what_waits(world: World, leader: User, client_as: SignIn, now: datetime, today: date) -> None:
    headquarters = a_person("hq_cs", at=world.group)
    assert "项标准等您批准" not in page_at(client_as(leader), "/")
    a_draft(world.company, at=now, first=today)

    assert "1 项标准等您批准" in page_at(client_as(leader), "/")
    assert "1 项标准等您批准" in page_at(client_as(headquarters), "/")
    assert "项标准等您批准" not in page_at(client_as(a_person("gatekeeper", at=world.company)), "/")


# ---- put up for customers ----------------------------------------------------------------------------------------


def test_the_day_it_was_put_up(
    world: World, leader: User, manager: User, client_as: SignIn, now: datetime, today: date
) -> None:
    key = an_own_value(world.company, "STD-BH-01", 10, at=now, first=today + 5 * DAY).pk
    client = client_as(manager)
    assert "记下公示" in page_at(client, "/standards/?s=STD-BH-01")
    assert "记下公示" not in page_at(client_as(world.owner), "/standards/?s=STD-BH-01")

    wrong = client.post(f"/standards/versions/{key}/display/", {"day": f"{today + DAY}"})
    assert wrong.status_code == 422
    assert "公示的日子在批准之后" in wrong.content.decode()
    assert f'value="{today + DAY}"' in wrong.content.decode()
    assert client.post(f"/standards/versions/{key}/display/", {"day": "x"}).status_code == 422

    assert client.post(f"/standards/versions/{key}/display/", {"day": f"{today}"}).status_code == 302
    page = page_at(client, "/standards/?s=STD-BH-01")
    assert f"{today} 公示" in page
    assert "已公示，待生效" in page
    assert client.post(f"/standards/versions/{key}/display/", {"day": f"{today}"}).status_code == 409


def test_no_two_fields_of_the_page_share_an_id(
    world: World, leader: User, manager: User, client_as: SignIn, now: datetime, today: date
) -> None:
    for n in (12, 11):
        an_own_value(world.company, "STD-BH-01", n, at=now, first=today + (20 - n) * DAY)
    page = page_at(client_as(manager), "/standards/?s=STD-BH-01")

    ids = re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', page)
    assert page.count("记下公示") == 2
    assert len(ids) == len(set(ids))
