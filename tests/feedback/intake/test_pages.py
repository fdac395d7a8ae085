"""The pages of intake: the list, one record, what I reported."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cxorders.organisation.models import User
from feedback.intake import panels
from feedback.intake.models import Note, Record
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_bad_record, a_customer_row, a_photo, a_record, a_stage_row
from tests.factories.organisation import World, a_person, a_world, team_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

SignIn = Callable[..., Client]


@pytest.fixture
def technician(world: World) -> User:
    return a_person("field", at=team_of(world.company, "D-HOME"), name="王海燕")


# ---- lists -------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_in_reach(world: World, client_as: SignIn) -> None:
    here = a_record(company=world.company, by=world.owner, at=timezone.now())
    there = a_record(company=world.other, at=timezone.now())
    people = {
        "owner": world.owner,
        "supervisor": a_person("dept_mgr", at=here.unit),
        "stranger": world.stranger,
        "leader": a_person("branch_leader", at=world.company),
        "group": a_person("hq_cs", at=world.group),
        "auditor": a_person("auditor", at=world.group),
    }

    seen = {
        who: [row["record"] for row in client_as(user).get(reverse("intake:list")).context["rows"]]
        for who, user in people.items()
    }

    assert seen == {
        "owner": [here],
        "supervisor": [here],
        "stranger": [],
        "leader": [here],
        "group": [there, here],
        "auditor": [there, here],
    }


def test_filters_live_in_the_address(world: World, client_as: SignIn) -> None:
    now = timezone.now()
    customer = a_customer_row(world.company)
    good = a_record(company=world.company, at=now, rating=5, customer=customer, verbatim="讲得清楚")
    bad = a_bad_record(company=world.company, at=now - timedelta(days=1), key_point="KP-HS-01")
    old = a_record(company=world.company, at=now - timedelta(days=40), method="FM-SYMP", key_point="KP-BH-01")
    late = a_record(company=world.company, at=now - timedelta(days=2), occurred_at=now - timedelta(days=5))
    client = client_as(a_person("branch_leader", at=world.company))

    def shown(**query: Any) -> set[Record]:
        return {row["record"] for row in client.get(reverse("intake:list"), query).context["rows"]}

    assert shown() == {good, bad, late}
    assert shown(period="all") == {good, bad, old, late}
    assert shown(negative="1") == shown(rating="low") == {bad}
    assert shown(late="1") == {late}
    assert shown(key_point="KP-HS-01", touchpoint="HS") == {bad}
    assert shown(touchpoint="BH", period="90") == {old}
    assert shown(method="FM-SYMP", period="90") == {old}
    assert shown(q="讲得清") == {good}
    assert shown(q=bad.number) == {bad}
    assert shown(customer=customer.number) == {good}
    assert shown(unit=world.company.pk) == {good, bad, late}
    assert shown(unit=old.unit.pk, period="all") == {old}
    assert shown(unit="x", rating="9", after="y_z", period="-1", q="\x00") == {good, bad, late}
    assert shown(after="0001-01-01T00:00:00+14:00_1") == {good, bad, late}


def test_pages_follow_each_other_without_gap(world: World, client_as: SignIn) -> None:
    now = timezone.now()
    made = [a_record(company=world.company, at=now) for _ in range(31)]
    client = client_as(a_person("branch_leader", at=world.company))

    first = client.get(reverse("intake:list"))
    second = client.get(reverse("intake:list") + first.context["next"])

    seen = [row["record"].pk for page in (first, second) for row in page.context["rows"]]
    assert seen == sorted((record.pk for record in made), reverse=True)
    assert second.context["next"] == ""


def _cost(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as spent:
        assert client.get(address).status_code == 200
    return len(spent)


@pytest.mark.parametrize("page", ["intake:list", "intake:mine"])
def test_lists_cost_the_same_for_one_row_and_for_three(
    world: World, technician: User, client_as: SignIn, page: str
) -> None:
    client = client_as(technician)
    a_bad_record(by=technician, at=timezone.now(), customer=a_customer_row(world.company))
    one = _cost(client, reverse(page))

    for _ in range(2):
        a_bad_record(by=technician, at=timezone.now(), stage=a_stage_row(company=world.company))

    assert _cost(client, reverse(page)) == one


@pytest.fixture
def fate_told() -> Iterator[list[int]]:
    """A capability above intake that knows what became of negative records."""
    asked: list[int] = []

    def tell(records: Any, user: User) -> dict[int, panels.Fate]:
        asked.append(len(records))
        return {
            record.pk: panels.Fate(
                number="WT-26-00007", url="/issues/WT-26-00007/", state="in_progress", holder="户内服务部 · 李强",
                due_at=record.submitted_at, overdue=True, answer="已更换调压阀",
            )
            for record in records
            if record.negative
        }  # fmt: skip

    before = panels._providers[:]
    panels._providers[:] = [tell]
    yield asked
    panels._providers[:] = before


def test_the_author_sees_the_fate_of_the_own_problems(
    world: World, technician: User, client_as: SignIn, fate_told: list[int]
) -> None:
    bad, good = a_bad_record(by=technician), a_record(by=technician)
    a_bad_record(company=world.company, by=a_person("field", at=team_of(world.company, "D-HOME")))
    client = client_as(technician)

    problems = client.get(reverse("intake:mine"))
    everything = client.get(reverse("intake:mine"), {"all": "1"})

    html = problems.content.decode()
    assert [row["record"] for row in problems.context["rows"]] == [bad]
    assert {row["record"] for row in everything.context["rows"]} == {bad, good}
    assert all(words in html for words in ("WT-26-00007", "户内服务部 · 李强", "已超时", "已更换调压阀", "处理中"))
    assert fate_told == [1, 2]  # one question per page, whatever it shows


def test_the_author_is_told_also_when_the_record_joined_an_issue_out_of_reach(world: World, technician: User) -> None:
    stage = a_stage_row(company=world.company)
    opener, joiner = world.owner, technician
    first = a_bad_record(by=opener, stage=stage, order=stage.order)
    second = a_bad_record(by=joiner, stage=stage, order=stage.order)

    told = panels.fates([first, second], joiner)

    assert list(told) == [second.pk]
    assert told[second.pk].url == ""
    assert told[second.pk].number == panels.fates([first], opener)[first.pk].number


# ---- one record --------------------------------------------------------------------------------------------------


def test_a_record_is_for_those_in_reach(world: World, client_as: SignIn) -> None:
    record = a_bad_record(company=world.company, by=world.owner, photos=[a_photo()])
    photo = record.attachments.get()
    addresses = [
        reverse("intake:detail", args=[record.number]),
        reverse("intake:photo", args=[record.number, photo.pk]),
    ]

    def answers(user: User) -> list[int]:
        got = [client_as(user).get(address) for address in addresses]
        for answer in got:
            for close in answer._resource_closers:
                close()
        return [answer.status_code for answer in got]

    assert answers(world.owner) == [200, 200]
    assert answers(a_person("dept_mgr", at=record.unit)) == [200, 200]
    assert answers(world.stranger) == [404, 404]
    assert answers(a_person("admin", at=world.group)) == [403, 403]


def test_a_record_shows_the_sealed_words_and_no_raw_file_address(world: World, client_as: SignIn) -> None:
    record = a_bad_record(company=world.company, by=world.owner, answers={"Q2": 0}, photos=[a_photo()])

    html = client_as(world.owner).get(reverse("intake:detail", args=[record.number])).content.decode()

    assert all(
        words in html
        for words in ("约好十点半", record.check_code, "原话已锁定", "是否当面试漏并试火", "评分 2 分或更低")
    )
    assert record.attachments.get().file.name not in html


@pytest.mark.parametrize(
    "number", ["TY-26-99999", "TY-25-{key:05d}", "DD-26-{key:05d}", "nonsense", "TY-26-999999999999"]
)
def test_a_wrong_number_is_not_found(world: World, client_as: SignIn, number: str) -> None:
    record = a_record(company=world.company, by=world.owner)

    address = reverse("intake:detail", args=[number.format(key=record.pk)])

    assert client_as(world.owner).get(address).status_code == 404


def test_a_note_is_appended_by_those_who_may(world: World, client_as: SignIn) -> None:
    record = a_bad_record(company=world.company, by=world.owner)
    address = reverse("intake:note", args=[record.number])

    done = client_as(world.owner).post(address, {"text": "客户来电补充"})
    empty = client_as(world.owner).post(address, {"text": "  "})
    long = client_as(world.owner).post(address, {"text": "字" * 2001})
    stranger = client_as(world.stranger).post(address, {"text": "改"})
    auditor = client_as(a_person("auditor", at=world.group)).post(address, {"text": "改"})

    assert [answer.status_code for answer in (done, empty, long, stranger, auditor)] == [302, 422, 422, 404, 403]
    assert "字" * 2001 in long.content.decode()
    assert [(note.author, note.text) for note in Note.objects.all()] == [(world.owner, "客户来电补充")]


@pytest.mark.parametrize("page", ["intake:list", "intake:new", "intake:mine"])
def test_pages_speak_english_too(world: World, technician: User, client_as: SignIn, page: str) -> None:
    technician.language = "en"
    technician.save()
    a_bad_record(by=technician, at=timezone.now())

    assert client_as(technician).get(reverse(page)).status_code == 200
