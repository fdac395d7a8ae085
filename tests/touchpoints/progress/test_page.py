"""The public progress page over HTTP: what it shows and hides, what it weighs, who gets in."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.intake.models import Record
from feedback.issues.models import Issue
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer, an_order, complete_current_stage, current_stage, finish, run_to
from tests.factories.organisation import a_person, a_world
from touchpoints.orders.actions import add_household, assign_stage, cancel_order, fail_stage, pause_stage
from touchpoints.orders.models import Stage
from touchpoints.progress import throttle
from touchpoints.progress.actions import share_progress, withdraw_progress
from touchpoints.progress.models import CallWish
from touchpoints.progress.queries import masked_address, slots_at, surname
from touchpoints.progress.tokens import token_of
from touchpoints.promises.actions import tell_breach

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
MOST_BYTES = 60_000
STATIC = Path(settings.BASE_DIR) / "static"


def an_open_order(world, code: str = "SURVEY", **more):
    order = an_order(company=world.company, by=world.owner, **more)
    run_to(order, code)
    return order


def token_for(order) -> str:
    return token_of(share_progress(order, by=None, at=MONDAY))


def address(token: str, name: str = "page") -> str:
    return reverse(f"progress:{name}", args=[token])


def text_of(response) -> str:
    return response.content.decode()


def weight(response) -> int:
    """Bytes of the page with headers, and of every file it names, none of them compressed."""
    page = text_of(response)
    files = re.findall(r'(?:href|src)="/static/([^"#]+)', page)
    headers = sum(len(f"{name}: {value}\r\n") for name, value in response.items())
    cookies = sum(len(morsel.OutputString()) for morsel in response.cookies.values())
    return len(response.content) + headers + cookies + sum((STATIC / name).stat().st_size for name in files)


def test_the_page_tells_where_the_order_stands_who_comes_and_what_is_next(world):
    order = an_open_order(world)
    stage = current_stage(order)
    crew = a_person("handler", at=stage.unit, name="王建军")
    assign_stage(stage, by=None, at=MONDAY, assignee=crew)

    response = Client().get(address(token_for(order)))
    page = text_of(response)

    assert response.status_code == 200
    for words in ("周女士，您好", "现场踏勘", "王师傅", stage.unit.name, "下一步", "每一步", "办好了", order.number):
        assert words in page
    for secret in (crew.name, crew.phone, order.customer.phone, order.customer.name, order.premises.address):
        assert secret not in page
    assert response["X-Robots-Tag"].startswith("noindex")
    assert response["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_together_weighs_less_than_sixty_kilobytes(world, language):
    contract = an_order("OT-CONTRACT-RES", company=world.company, by=world.owner)
    for number in range(3):
        add_household(contract, name="王芳", phone="13812340001", address=f"3-010{number}", by=None, at=MONDAY)
    for order in (contract, an_open_order(world, "INSTALL"), finish(an_order(company=world.company))):
        response = Client().get(f"{address(token_for(order))}?lang={language}")

        assert weight(response) < MOST_BYTES
        assert "<script" not in text_of(response)
        assert "app.css" not in text_of(response)
    assert weight(Client().get(address("nonsense"))) < MOST_BYTES


def test_english_behind_the_switch(world):
    token = token_for(an_open_order(world))
    english, chinese = Client().get(address(token) + "?lang=en"), Client().get(address(token) + "?lang=xx")

    assert english["Content-Language"] == "en"
    assert '<html lang="en">' in text_of(english)
    assert "Site survey" in text_of(english) or "survey" in text_of(english).lower()
    assert '<html lang="zh-Hans">' in text_of(chinese)


def test_unknown_expired_and_withdrawn_links_look_the_same(world, settings):
    gone, expired = an_open_order(world), an_open_order(world)
    withdrawn, late = token_for(gone), token_for(expired)
    withdraw_progress(gone, by=None, at=MONDAY)
    type(expired).objects.filter(pk=expired.pk).update(closed_at=timezone.now() - timedelta(days=91))

    answers = [Client().get(address(token)) for token in ("x", "1-" + "A" * 24, withdrawn, late)]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert "链接打不开了" in text_of(answers[0])
    for name in ("progress:call", "intake:rate_stage"):
        assert Client().post(reverse(name, args=[withdrawn])).status_code == 404


def test_every_kind_and_state_of_order_has_a_page(world):
    kinds = ("OT-EMERG", "OT-SAFETY", "OT-KA-OPEN", "OT-GOODS", "OT-REPAIR", "OT-CONTRACT-RES")
    orders = [an_order(kind, company=world.company) for kind in kinds]
    paused, failed, cancelled = an_open_order(world), an_open_order(world), an_open_order(world)
    stage = current_stage(paused)
    pause_stage(stage, by=None, at=stage.started_at, reason="permit", note="王科长没批")
    fail_stage(current_stage(failed), by=None, at=MONDAY + timedelta(hours=8), reason="客户骂人")
    cancel_order(cancelled, by=None, at=MONDAY + timedelta(hours=8), reason="内部原因", asked_by="company")
    nobody = an_order(company=world.company, customer=a_customer(world.company, salutation=""))

    for order in (*orders, paused, failed, cancelled, nobody, finish(an_order(company=world.company))):
        page = text_of(Client().get(address(token_for(order))))
        for inside in ("王科长没批", "客户骂人", "内部原因"):
            assert inside not in page
    assert "许可" in text_of(Client().get(address(token_for(paused))))
    assert "再约" in text_of(Client().get(address(token_for(failed))))


def test_a_broken_promise_is_admitted_in_the_words_the_customer_was_told(world):
    order = an_open_order(world)
    stage = current_stage(order)
    assert "对不起" in text_of(Client().get(address(token_for(order))))  # due long ago

    tell_breach(stage, by=None, at=timezone.now(), how="phone", text="管线图还没到，周五上门")

    assert "管线图还没到，周五上门" in text_of(Client().get(address(token_for(order))))


def test_the_page_costs_the_same_for_few_stages_and_many(world):
    few, many = an_open_order(world, "SURVEY"), an_open_order(world, "INSTALL")
    counts = []
    for token in (token_for(few), token_for(many)):
        Client().get(address(token))
        with CaptureQueriesContext(connection) as context:
            assert Client().get(address(token)).status_code == 200
        counts.append(len(context))

    assert counts[0] == counts[1]
    assert counts[0] < 20


# ---- call me -----------------------------------------------------------------------------------------------------


def test_a_customer_asks_to_be_called_and_sending_again_changes_nothing(world):
    order = an_open_order(world)
    token, offer = token_for(order), slots_at(timezone.now())[-1]

    answers = [Client().post(address(token, "call") + "?lang=en", {"when": offer.value}) for _ in range(2)]

    assert [answer.url for answer in answers] == [f"{address(token)}?lang=en#call"] * 2
    wish = CallWish.objects.get()
    assert (wish.order_id, wish.day, wish.slot) == (order.pk, offer.day, offer.slot)
    assert "已记下" in text_of(Client().get(address(token)))


@pytest.mark.parametrize("when", ["", "x", "2026-13-01 morning", "2020-01-01 morning", "9999-12-31 night", "\x00"])
def test_a_wish_that_makes_no_sense_is_refused_on_the_page(world, when):
    response = Client().post(address(token_for(an_open_order(world)), "call"), {"when": when})

    assert response.status_code == 422
    assert "请换一个" in text_of(response)
    assert CallWish.objects.count() == 0


# ---- rate --------------------------------------------------------------------------------------------------------


def rate_url(token: str) -> str:
    return reverse("intake:rate_stage", args=[token])


def test_a_rating_becomes_one_sealed_record_however_often_it_is_sent(world):
    order = an_open_order(world)
    done = Stage.objects.filter(order=order, state="done").order_by("-ended_at", "-pk")[0]
    token = token_for(order)
    assert "办得怎么样" in text_of(Client().get(address(token)))

    answers = [Client().post(rate_url(token), {"rating": "5", "words": "很快"}) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {302}
    record = Record.objects.get()
    assert (record.stage_id, record.rating, record.verbatim, record.source) == (done.pk, 5, "很快", "customer")
    assert (record.order_id, record.customer_id, record.collector, record.late) == (
        order.pk, order.customer_id, None, False,
    )  # fmt: skip
    assert record.method.code in ("FM-QR", "FM-SMS")
    page = text_of(Client().get(address(token)))
    assert "您的评价已收到" in page
    assert 'name="rating"' not in page


def test_a_bad_rating_opens_an_issue(world):
    Client().post(rate_url(token_for(an_open_order(world))), {"rating": "1", "words": "等了一天没人来"})

    assert Record.objects.get().negative
    assert Issue.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"words": "没选分数"}, "请先选一个分数"),
        ({"rating": "6", "words": "没选分数"}, "请先选一个分数"),
        ({"rating": "٣", "words": "没选分数"}, "请先选一个分数"),
        ({"rating": "5", "words": "长" * 2001}, "2000"),
        ({"rating": "5", "words": "坏\x00字"}, "无法保存的字符"),
        ({"rating": "5", "stage": "elsewhere", "words": "晚了"}, "这一步已经过去"),
    ],
)
def test_odd_ratings_are_refused_and_what_was_typed_stays(world, sent, words):
    response = Client().post(rate_url(token_for(an_open_order(world))), sent)

    assert response.status_code == 422
    assert words in text_of(response)
    assert sent["words"][:2] in text_of(response)
    assert Record.objects.count() == 0


def test_the_next_stage_is_rated_on_its_own(world):
    order = an_open_order(world)
    token = token_for(order)
    Client().post(rate_url(token), {"rating": "4"})
    complete_current_stage(order)

    Client().post(rate_url(token), {"rating": "2"})

    assert sorted(Record.objects.values_list("rating", flat=True)) == [2, 4]
    assert Record.objects.values("stage").distinct().count() == 2


def test_nothing_is_rated_before_a_stage_is_done(world):
    token = token_for(an_order(company=world.company, by=world.owner))

    assert "办得怎么样" not in text_of(Client().get(address(token)))
    assert Client().post(rate_url(token), {"rating": "5"}).status_code == 302
    assert Record.objects.count() == 0


# ---- limits ------------------------------------------------------------------------------------------------------


def test_too_many_requests_are_asked_to_wait(world, monkeypatch):
    monkeypatch.setattr(throttle.time, "time", lambda: 1_000_000.0)
    token = token_for(an_open_order(world))
    client = Client()

    codes = [client.post(address(token, "call"), {"when": "x"}).status_code for _ in range(throttle.WRITES + 1)]
    misses = [client.get(address("x")).status_code for _ in range(throttle.MISSES + 1)]

    assert codes == [422] * throttle.WRITES + [429]
    assert misses == [404] * throttle.MISSES + [429]
    assert client.get(address(token)).status_code == 200  # whoever holds the link still gets in


def test_forms_are_protected_against_other_sites(world):
    strict = Client(enforce_csrf_checks=True)

    assert strict.post(rate_url(token_for(an_open_order(world))), {"rating": "5"}).status_code == 403


def test_names_and_addresses_are_shortened():
    assert masked_address("望江路 88 号 3-1202") == "望江路 ** 号 *-****"
    assert (surname("王建军"), surname("欧阳建军"), surname("John Smith")) == ("王师傅", "欧阳师傅", "John")
