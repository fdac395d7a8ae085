"""The record form by hand: found, filled, refused without loss, sent twice, sent after the session had expired."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cxorders.organisation.models import User
from feedback.intake.forms import field_of
from feedback.intake.models import Record
from tests.factories.catalogue import key_point, question, the_catalogue
from tests.factories.feedback import a_photo, a_stage_row
from tests.factories.organisation import LONG_AGO, World, a_person, a_world, team_of
from touchpoints.catalogue.models import CatalogueLoad

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

SignIn = Callable[..., Client]
NEW = reverse("intake:new")


@pytest.fixture
def technician(world: World) -> User:
    return a_person("field", at=team_of(world.company, "D-HOME"), name="王海燕")


def typed(stage: Any, /, **changes: Any) -> dict[str, Any]:
    """What a browser posts for a stage whose key point is KP-HS-05."""
    overall, tested = question("KP-HS-05-Q3"), question("KP-HS-05-Q2")
    fields = {
        "client_key": str(uuid4()),
        "stage": str(stage.pk),
        "order": str(stage.order_id),
        "customer": str(stage.order.customer_id),
        "key_point": "KP-HS-05",
        field_of(overall): "2",
        field_of(tested): "1",
        "verbatim": "约好十点半,十一点多才到。\r\n🔥倒是点着了",
        "method": "FM-SIGN",
        "occurred_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


# ---- the form ----------------------------------------------------------------------------------------------------


def test_from_a_stage_everything_is_preset(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)

    page = client_as(technician).get(NEW, {"stage": stage.pk})

    form = page.context["form"]
    assert page.status_code == 200
    assert page.context["place"].sheet.key_point == key_point("KP-HS-05")
    assert [asked.kind for asked, _field in form.rows()] == ["rating", "stepper", "yesno", "text"]
    assert form["method"].value() == "FM-SIGN"
    assert "139****4402" in page.content.decode()
    assert "13900004402" not in page.content.decode()


def test_an_order_brings_its_current_stage_and_a_customer_asks_for_the_key_point(
    world: World, technician: User, client_as: SignIn
) -> None:
    stage = a_stage_row(company=world.company)
    client = client_as(technician)

    by_order = client.get(NEW, {"order": stage.order.number})
    by_customer = client.get(NEW, {"customer": stage.order.customer.number})

    assert by_order.context["place"].stage == stage
    assert by_customer.context["place"].sheet is None
    assert "先选关键点" in by_customer.content.decode()


def test_submitting_seals_and_shows_the_record(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)

    answer = client_as(technician).post(NEW, typed(stage, photos=[a_photo()]), follow=True)

    record = Record.objects.get()
    assert answer.redirect_chain == [(f"{reverse('intake:detail', args=[record.number])}?sealed=1", 302)]
    assert (record.rating, record.negative_reason, record.stage, record.unit) == (2, "rating", stage, stage.unit)
    assert record.verbatim == "约好十点半,十一点多才到。\n🔥倒是点着了"
    assert record.attachments.count() == 1
    assert f'data-clear-draft="record-stage-{stage.pk}"' in answer.content.decode()


def test_a_double_submit_makes_one_record_and_the_same_page(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)
    client, fields = client_as(technician), typed(stage)

    first, second = client.post(NEW, fields), client.post(NEW, fields)

    sealed = f"{reverse('intake:detail', args=[Record.objects.get().number])}?sealed=1"
    assert [first["Location"], second["Location"]] == [sealed, sealed]


def test_other_words_under_a_used_key_are_not_swallowed(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)
    client, fields = client_as(technician), typed(stage)
    client.post(NEW, fields)

    again = client.post(NEW, {**fields, "verbatim": "另一位客户说的"})

    assert again.status_code == 409
    assert "另一位客户说的" in again.content.decode()
    assert again.context["form"]["client_key"].value() != fields["client_key"]
    assert Record.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"verbatim": "字" * 2001}, "verbatim"),
        ({"verbatim": "断\x00开"}, "verbatim"),
        ({"occurred_at": "2999-01-01T00:00"}, "occurred_at"),
        ({"occurred_at": "0001-01-01T00:00"}, "occurred_at"),
        ({"occurred_at": "昨天"}, "occurred_at"),
        ({"method": "FM-MYS"}, "method"),
        ({"method": None}, "method"),
        ({"client_key": "not-a-uuid"}, "__all__"),
        ({"no_answer": "because"}, "no_answer"),
        ({"stage": "999999"}, "__all__"),
        ({"stage": "99999999999999999999"}, "__all__"),
        ({"stage": "", "order": "", "customer": "", "key_point": "KP-HS-05"}, "anonymous_reason"),
    ],
)
def test_bad_input_keeps_what_was_typed(
    world: World, technician: User, client_as: SignIn, changes: dict[str, Any], field: str
) -> None:
    stage = a_stage_row(company=world.company)

    page = client_as(technician).post(NEW, typed(stage, **changes))

    html = page.content.decode()
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert Record.objects.count() == 0
    if "verbatim" not in changes:
        assert "十一点多才到" in html
    assert "data-bound" in html


@pytest.mark.parametrize("value", ["9", "x", "²", "2 OR 1=1"])
def test_a_forged_answer_is_an_error_at_its_question(
    world: World, technician: User, client_as: SignIn, value: str
) -> None:
    stage = a_stage_row(company=world.company)
    name = field_of(question("KP-HS-05-Q3"))

    page = client_as(technician).post(NEW, typed(stage, **{name: value}))

    assert (page.status_code, list(page.context["form"].errors)) == (422, [name])


def test_a_stage_of_a_foreign_company_is_refused_and_the_text_stays(
    world: World, technician: User, client_as: SignIn
) -> None:
    foreign = a_stage_row(company=world.other)

    page = client_as(technician).post(NEW, typed(foreign))

    assert page.status_code == 422
    assert "十一点多才到" in page.content.decode()
    assert Record.objects.count() == 0
    assert client_as(technician).get(NEW, {"stage": foreign.pk}).status_code == 404


def test_an_upload_that_is_no_image_is_refused_by_name(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)
    upload = SimpleUploadedFile("收据.pdf", b"%PDF-1.4", content_type="application/pdf")

    page = client_as(technician).post(NEW, typed(stage, photos=[upload]))

    assert page.status_code == 422
    assert "收据.pdf" in page.content.decode()
    assert "十一点多才到" in page.content.decode()


def test_photos_are_named_again_after_an_error_elsewhere(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)

    page = client_as(technician).post(NEW, typed(stage, verbatim="字" * 2001, photos=[a_photo("门口.jpg")]))

    assert list(page.context["form"].errors["photos"]) == ["请重新选照片：门口.jpg"]


def test_changing_the_key_point_keeps_the_words(world: World, technician: User, client_as: SignIn) -> None:
    stage = a_stage_row(company=world.company)
    client = client_as(technician)

    whole = client.post(NEW, typed(stage, change="KP-HS-01"))
    part = client.post(NEW, typed(stage, change="KP-HS-01"), headers={"HX-Request": "true"})

    assert whole.context["place"].sheet.key_point == key_point("KP-HS-01")
    assert "十一点多才到" in whole.content.decode()
    assert part.content.decode().strip().startswith('<div id="sheet">')
    assert Record.objects.count() == 0


def test_an_expired_session_gives_the_form_back_after_sign_in(world: World, technician: User, client: Client) -> None:
    stage = a_stage_row(company=world.company)
    fields = typed(stage, typed_by=str(technician.pk))

    refused = client.post(NEW, fields)
    client.post(refused["Location"], {"username": technician.username, "password": "demo"})
    page = client.get(NEW)

    form = page.context["form"]
    assert refused["Location"].startswith(reverse("organisation:login"))
    assert form["verbatim"].value() == fields["verbatim"]
    assert form["client_key"].value() == fields["client_key"]
    assert form[field_of(question("KP-HS-05-Q3"))].value() == "2"
    assert page.context["place"].stage == stage
    assert client.get(NEW).context.get("form") is None  # given back once


def test_somebody_else_does_not_get_the_kept_form(world: World, technician: User, client: Client) -> None:
    client.post(NEW, typed(a_stage_row(company=world.company), typed_by=str(technician.pk)))

    client.force_login(world.owner)

    assert "十一点多才到" not in client.get(NEW).content.decode()


def test_a_nameless_customer_needs_a_reason(world: World, technician: User, client_as: SignIn) -> None:
    client = client_as(technician)
    opened = client.get(NEW, {"anonymous": "1"})
    fields = typed(a_stage_row(company=world.company), stage="", order="", customer="", anonymous_reason="客户匆忙离开")

    client.post(NEW, fields)

    assert opened.status_code == 200
    assert Record.objects.get().anonymous_reason == "客户匆忙离开"


@pytest.mark.parametrize("role", ["admin", "auditor", "supervisor"])
def test_who_may_not_record_gets_no_form(world: World, client_as: SignIn, role: str) -> None:
    assert client_as(a_person(role, at=world.group)).get(NEW).status_code == 403


@pytest.mark.parametrize("text", ["4402", "13900004402", "赵", "梧桐苑 2-1", "KH"])
def test_find_by_phone_name_and_address(world: World, technician: User, client_as: SignIn, text: str) -> None:
    stage = a_stage_row(company=world.company)
    wanted = stage.order.customer.number if text == "KH" else text

    page = client_as(technician).get(reverse("intake:find"), {"q": wanted})

    assert stage.order.number in page.content.decode()


def test_find_by_order_number_stays_in_reach(world: World, technician: User, client_as: SignIn) -> None:
    mine, foreign = a_stage_row(company=world.company), a_stage_row(company=world.other)
    find = reverse("intake:find")

    assert mine.order.number in client_as(technician).get(find, {"q": mine.order.number}).content.decode()
    found = client_as(technician).get(find, {"q": foreign.order.number}).context["found"]
    assert found == []
    assert client_as(technician).get(find, {"q": "\x00"}).status_code == 200


def test_submitting_costs_a_fixed_number_of_queries(world: World, technician: User, client_as: SignIn) -> None:
    """Session, person, grants, reach, stage, questions; record, answers, journal, mark for the rollups.

    Kept per process: the rest of the catalogue. A negative record adds what its issue costs.
    """
    stage = a_stage_row(company=world.company)
    CatalogueLoad.objects.create(version="1.0", sha256=uuid4().hex, loaded_at=LONG_AGO)
    client, overall = client_as(technician), field_of(question("KP-HS-05-Q3"))
    good = {overall: "5", "verbatim": "都好"}
    client.post(NEW, typed(stage, **good))
    fields = typed(stage, **good)

    with CaptureQueriesContext(connection) as spent:
        client.post(NEW, fields)

    kinds = [query["sql"].split()[0] for query in spent if "SAVEPOINT" not in query["sql"]]
    assert kinds == ["SELECT"] * 6 + ["INSERT"] * 4
