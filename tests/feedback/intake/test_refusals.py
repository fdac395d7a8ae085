"""F1, F2: what is refused, and in which words."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cxorders.kit.errors import BusinessError
from feedback.intake.actions.draft import (
    EventTooOld,
    ForeignRow,
    FutureEvent,
    NobodyNamed,
    NotAPhoto,
    NothingAnswered,
    NothingSaid,
    PhotoTooLarge,
    TextTooLong,
    TooManyPhotos,
    UnreadableText,
    WrongAnswer,
    WrongKeyPoint,
)
from feedback.intake.models import Answer, Record
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import NOON, a_customer_row, a_photo, a_record, a_stage_row
from tests.factories.organisation import World, a_person, a_world, team_of

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


# ---- refused -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "error"),
    [
        ({"occurred_at": NOON + timedelta(minutes=6)}, FutureEvent),
        ({"occurred_at": NOON.replace(year=1026)}, EventTooOld),
        ({"verbatim": "字" * 2001}, TextTooLong),
        ({"answers": {"Q4": "字" * 2001}}, TextTooLong),
        ({"verbatim": "断\x00开"}, UnreadableText),
        ({"verbatim": "半个\ud83d"}, UnreadableText),
        ({"rating": None}, NothingAnswered),
        ({"rating": None, "no_answer": "because"}, NothingAnswered),
        ({"rating": None, "no_answer": "refused"}, NothingSaid),
        ({"rating": 6}, WrongAnswer),
        ({"rating": 0}, WrongAnswer),
        ({"rating": "4.5"}, WrongAnswer),
        ({"rating": "四"}, WrongAnswer),
        ({"answers": {"Q2": 2}}, WrongAnswer),
        ({"key_point": "KP-HS-01", "rating": 6}, WrongAnswer),
        ({"key_point": "KP-HS-01", "answers": {"Q2": "-1"}}, WrongAnswer),
        ({"key_point": "KP-HS-01", "answers": {"Q2": "1e9"}}, WrongAnswer),
        ({"key_point": "KP-HS-01", "answers": {"Q2": "9999999"}}, WrongAnswer),
        ({"method": "FM-SMS", "key_point": "KP-HS-01", "rating": None, "sms_reply": 4}, WrongAnswer),
        ({"anonymous_reason": " "}, NobodyNamed),
        ({"photos": [SimpleUploadedFile("收据.pdf", b"%PDF-1.4 not a picture")]}, NotAPhoto),
        ({"photos": [SimpleUploadedFile("半张.jpg", b"\xff\xd8\xff\xe0 cut off")]}, NotAPhoto),
        ({"photos": [a_photo() for _ in range(7)]}, TooManyPhotos),
    ],
)
def test_bad_input_is_refused_in_words(world: World, draft: dict[str, Any], error: type[BusinessError]) -> None:
    with pytest.raises(error) as refused:
        a_record(company=world.company, **draft)

    assert refused.value.in_language("zh-hans")
    assert refused.value.in_language("en") != refused.value.in_language("zh-hans")
    assert Record.objects.count() == Answer.objects.count() == 0


def test_a_clock_a_little_ahead_is_taken_as_now(world: World) -> None:
    record = a_record(company=world.company, occurred_at=NOON + timedelta(minutes=4), at=NOON)

    assert record.occurred_at == NOON


def test_two_thousand_characters_and_emoji_are_kept(world: World) -> None:
    words = "👍" + "好" * 1999

    assert a_record(company=world.company, verbatim=words).verbatim == words


def test_a_huge_upload_is_refused(world: World, settings: Any) -> None:
    settings.CX_MAX_UPLOAD_BYTES = 100

    with pytest.raises(PhotoTooLarge):
        a_record(company=world.company, photos=[a_photo()])


@pytest.mark.parametrize("what", ["stage", "order", "customer", "unit"])
def test_rows_of_a_foreign_company_are_refused(world: World, what: str) -> None:
    foreign = {
        "stage": lambda: a_stage_row(company=world.other),
        "order": lambda: a_stage_row(company=world.other).order,
        "customer": lambda: a_customer_row(world.other),
        "unit": lambda: team_of(world.other, "D-HALL"),
    }[what]()

    with pytest.raises(ForeignRow) as refused:
        a_record(**{"company": world.company, what: foreign})

    assert refused.value.field == what


def test_a_person_records_for_the_own_company_only(world: World) -> None:
    with pytest.raises(ForeignRow):
        a_record(company=world.company, by=world.stranger)

    assert a_record(company=world.company, by=a_person("inspector", at=world.group)).company == world.company


def test_stage_order_and_customer_belong_together(world: World) -> None:
    one, two = a_stage_row(company=world.company), a_stage_row(company=world.company)

    with pytest.raises(ForeignRow):
        a_record(company=world.company, stage=one, order=two.order)
    with pytest.raises(ForeignRow):
        a_record(company=world.company, order=one.order, customer=two.order.customer)


def test_a_key_point_of_another_touchpoint_is_refused_at_a_stage(world: World) -> None:
    stage = a_stage_row(company=world.company, stage_code="APPLY")

    with pytest.raises(WrongKeyPoint):
        a_record(stage=stage, order=stage.order, key_point="KP-EC-05")
