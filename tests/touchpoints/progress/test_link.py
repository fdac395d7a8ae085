"""The link to the progress of an order: given, withdrawn, renewed, expired; a wish to be called."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, an_order, finish, shanghai
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.orders.actions import close_order
from touchpoints.progress.actions import (
    NoLink,
    SlotNotOffered,
    renew_progress,
    share_progress,
    wish_call,
    withdraw_progress,
)
from touchpoints.progress.enums import Slot
from touchpoints.progress.models import CallWish, ProgressLink
from touchpoints.progress.queries import link_by_token, slots_at
from touchpoints.progress.tokens import token_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
DAY = timedelta(days=1)


@pytest.fixture
def order(world):
    return an_order(company=world.company, by=world.owner)


def verbs_of(order) -> list[str]:
    rows = Entry.objects.filter(subject_id=order.pk, verb__startswith="order.").order_by("pk")
    return [verb for verb in rows.values_list("verb", flat=True) if "progress" in verb or "call" in verb]


def test_the_link_is_made_once_and_cannot_be_guessed(world, order):
    link = share_progress(order, by=world.owner, at=MONDAY)
    again = share_progress(order, by=world.owner, at=MONDAY + DAY)
    token = token_of(link)

    assert again.pk == link.pk
    assert len(token.partition("-")[2]) * 6 >= 128
    assert token not in str(ProgressLink.objects.values())
    assert verbs_of(order) == ["order.progress_shared"]
    assert link_by_token(token, MONDAY) == link


def test_a_withdrawn_link_opens_nothing_and_a_renewed_one_has_another_token(world, order):
    old = token_of(share_progress(order, by=world.owner, at=MONDAY))
    new = token_of(renew_progress(order, by=world.owner, at=MONDAY))

    assert old != new
    assert link_by_token(old, MONDAY) is None
    assert link_by_token(new, MONDAY) is not None
    withdraw_progress(order, by=world.owner, at=MONDAY)
    assert link_by_token(new, MONDAY) is None
    with pytest.raises(NoLink):
        withdraw_progress(order, by=world.owner, at=MONDAY)
    with pytest.raises(NoLink):
        renew_progress(order, by=world.owner, at=MONDAY)
    assert verbs_of(order) == ["order.progress_shared", "order.progress_renewed", "order.progress_withdrawn"]


def test_a_link_lives_ninety_days_beyond_the_end_of_its_order(world, order):
    token = token_of(share_progress(order, by=world.owner, at=MONDAY))
    finish(order)
    ended = order.done_at + DAY
    close_order(order, by=None, at=ended)

    assert link_by_token(token, ended + 90 * DAY - timedelta(seconds=1)) is not None
    assert link_by_token(token, ended + 90 * DAY) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: "1" + token,
        lambda token: "9" * 30 + "-" + token.partition("-")[2],
        lambda _token: "",
        lambda _token: "٣-" + "A" * 24,
        lambda token: token + "\n",
        lambda token: "0" + token,
    ],
)
def test_another_token_opens_nothing(world, order, change):
    token = token_of(share_progress(order, by=world.owner, at=MONDAY))

    assert link_by_token(change(token), MONDAY) is None


def test_a_token_signed_with_an_earlier_secret_still_opens(world, order, settings):
    token = token_of(share_progress(order, by=world.owner, at=MONDAY))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another secret of sufficient length"

    assert link_by_token(token, MONDAY) is not None
    settings.SECRET_KEY_FALLBACKS = []
    assert link_by_token(token, MONDAY) is None


def test_who_may_give_the_link(world, order):
    for person in (world.stranger, a_person("hq_cs"), a_person("callback", at=world.company)):
        with pytest.raises(NotAllowed):
            share_progress(order, by=person, at=MONDAY)
    with pytest.raises(WrongState):
        share_progress(an_order(company=world.company, accepted=False), by=world.owner, at=MONDAY)
    colleague = a_person("field", at=department_in(world.company, "D-HOME"))
    assert share_progress(order, by=colleague, at=MONDAY).created_by == colleague


# ---- call me -----------------------------------------------------------------------------------------------------


def test_the_times_offered_lie_ahead():
    offers = slots_at(shanghai("2026-09-14 13:10"))

    assert [(offer.day.day, offer.slot) for offer in offers[:3]] == [
        (14, Slot.EVENING),
        (15, Slot.MORNING),
        (15, Slot.AFTERNOON),
    ]
    assert len(offers) == 7


def test_a_wish_is_kept_once_and_replaced_by_another(world, order):
    at = shanghai("2026-09-14 10:00")
    first = wish_call(order, at=at, day=date(2026, 9, 15), slot="morning")
    again = wish_call(order, at=at + timedelta(minutes=1), day=date(2026, 9, 15), slot="morning")
    other = wish_call(order, at=at, day=date(2026, 9, 15), slot="evening")

    assert first.pk == again.pk == other.pk
    assert CallWish.objects.get().slot == "evening"
    assert verbs_of(order) == ["order.call_wished", "order.call_wished"]


@pytest.mark.parametrize(
    ("day", "slot"), [(date(2026, 9, 14), "morning"), (date(2026, 9, 30), "morning"), (date(2026, 9, 15), "night")]
)
def test_a_time_that_was_not_offered_is_refused(world, order, day, slot):
    with pytest.raises(SlotNotOffered):
        wish_call(order, at=shanghai("2026-09-14 10:00"), day=day, slot=slot)


# ---- the order page ----------------------------------------------------------------------------------------------


def test_staff_give_renew_and_withdraw_the_link_on_the_order_page(world, client_as, order):
    client, page = client_as(world.owner), reverse("orders:detail", args=[order.number])
    assert "生成进度链接" in client.get(page).content.decode()

    for step, stands in (("share", True), ("renew", True), ("withdraw", False)):
        assert client.post(reverse(f"progress:{step}", args=[order.number])).url == page
        shown = client.get(page).content.decode()
        link = ProgressLink.objects.filter(withdrawn_at=None).first()
        assert (link is not None) is stands
        assert ("发给客户的链接" in shown) is stands
        if link is not None:
            assert reverse("progress:page", args=[token_of(link)]) in shown
    assert client.post(reverse("progress:withdraw", args=[order.number])).status_code == 409
    assert client_as(world.stranger).post(reverse("progress:share", args=[order.number])).status_code == 404


def test_the_wish_stands_on_the_order_page_also_for_those_who_only_read(world, client_as, order):
    now = timezone.now()
    offer = slots_at(now)[-1]
    wish_call(order, at=now, day=offer.day, slot=offer.slot)

    shown = client_as(a_person("hq_cs")).get(reverse("orders:detail", args=[order.number])).content.decode()

    assert "接到电话" in shown
    assert "生成进度链接" not in shown
