"""F1–F4: what a submission becomes."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from PIL import Image

from cxorders.journal.models import Entry
from cxorders.journal.queries import timeline
from cxorders.kit.errors import BusinessError
from feedback.intake.actions import append_note, submit_record
from feedback.intake.actions.draft import (
    KeyTaken,
    TextTooLong,
    WrongQuestion,
)
from feedback.intake.actions.note import EmptyNote
from feedback.intake.models import Note, Record
from feedback.intake.queries import digest_of
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import NOON, a_bad_record, a_customer_row, a_draft, a_photo, a_record, a_stage_row
from tests.factories.organisation import LONG_AGO, World, a_person, a_world, department_in, team_of
from touchpoints.catalogue.enums import QuestionType
from touchpoints.catalogue.models import CatalogueLoad, Question

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


# ---- the overall item, the answers, the unit ---------------------------------------------------------------------


def test_the_first_satisfaction_question_is_the_overall_item(world: World) -> None:
    record = a_record(company=world.company, key_point="KP-HS-05", rating=4, answers={"Q2": "1", "Q4": "怕漏"})

    rows = record.answers.order_by("question__position").values_list("question__type", "number_value", "text_value")
    assert record.rating == 4
    assert list(rows) == [("yn", Decimal(1), ""), ("csat5", Decimal(4), ""), ("text", None, "怕漏")]


def test_without_a_satisfaction_question_the_rating_stands_alone(world: World) -> None:
    record = a_record(company=world.company, key_point="KP-HS-01", rating=3, answers={"Q1": 0, "Q2": "40"})

    assert record.rating == 3
    assert [(a.question.code, a.number_value) for a in record.answers.order_by("question__code")] == [
        ("KP-HS-01-Q1", Decimal(0)),
        ("KP-HS-01-Q2", Decimal(40)),
    ]


def test_a_question_of_the_company_is_asked_there_only(world: World) -> None:
    draft = a_draft(company=world.company)
    extra = Question.objects.create(
        code="A-1", zh="是否戴鞋套", key_point=draft.key_point, type=QuestionType.YES_NO, company=world.company
    )

    here = a_record(company=world.company, answers={"1": 1})

    assert here.answers.filter(question=extra).count() == 1
    with pytest.raises(WrongQuestion):
        submit_record(
            a_draft_with(world.other, {extra.pk: 1}), by=a_person("field", at=team_of(world.other, "D-HOME")), at=NOON
        )


def a_draft_with(company: Any, answers: dict[int, Any], **more: Any) -> Any:
    draft = a_draft(company=company, **more)
    return type(draft)(**{**draft.__dict__, "answers": {**draft.answers, **answers}})


def test_the_stage_s_unit_answers_else_the_department_of_the_process(world: World) -> None:
    stage = a_stage_row(company=world.company, unit=team_of(world.company, "D-ENG"))

    at_stage = a_record(stage=stage, key_point="KP-HS-05", by=world.owner)
    elsewhere = a_record(company=world.company, key_point="KP-HS-05", by=world.owner)

    assert at_stage.unit == team_of(world.company, "D-ENG")
    assert elsewhere.unit == department_in(world.company, "D-HOME")
    assert (elsewhere.collector, elsewhere.collector_unit) == (world.owner, world.team)


def test_customer_and_order_come_with_the_stage(world: World) -> None:
    stage = a_stage_row(company=world.company)

    record = a_record(stage=stage, order=stage.order)

    assert (record.order, record.customer, record.anonymous_reason) == (stage.order, stage.order.customer, "")


# ---- F4 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        ({"rating": 2}, "rating"),
        ({"rating": 1}, "rating"),
        ({"rating": 3}, ""),
        ({"key_point": "KP-HS-01", "rating": 2}, "rating"),
        ({"key_point": "KP-HS-01", "rating": None, "method": "FM-SMS", "sms_reply": 3}, "sms"),
        ({"key_point": "KP-HS-01", "rating": None, "method": "FM-SMS", "sms_reply": 2}, ""),
        ({"key_point": "KP-TL-01", "rating": 4, "answers": {"Q2": 3}}, "ces"),
        ({"key_point": "KP-TL-01", "rating": 4, "answers": {"Q2": 4}}, ""),
        ({"key_point": "KP-EC-05", "rating": 4, "answers": {"Q2": 1}}, "charge"),
        ({"key_point": "KP-EC-05", "rating": 4, "answers": {"Q2": 0}}, ""),
        ({"rating": 4, "verbatim": "师傅态度非常差,再不处理我就打12345投诉"}, "warning_red"),
        ({"rating": 4, "verbatim": "再这样我就打12345"}, "warning_orange"),
        ({"rating": 4, "verbatim": "检查过了没有漏气,师傅服务很好,谢谢"}, ""),
        ({"rating": 5, "ticked_problem": True}, "ticked"),
        ({"rating": None, "no_answer": "absent", "verbatim": "人没来"}, ""),
    ],
)
def test_f4_makes_a_record_negative(world: World, draft: dict[str, Any], why: str) -> None:
    record = a_record(company=world.company, **draft)

    assert (record.negative_reason, record.negative) == (why, bool(why))


def test_f4_a_low_recommendation(world: World) -> None:
    the_catalogue()
    asked = Question.objects.select_related("key_point").get(type=QuestionType.NPS, company=None)
    end = asked.code.rsplit("-", 1)[1]

    found = {n: a_record(company=world.company, key_point=asked.key_point, rating=4, answers={end: n}) for n in (6, 7)}

    assert {n: record.negative_reason for n, record in found.items()} == {6: "nps", 7: ""}


def test_an_earlier_dissatisfied_record_raises_the_warning(world: World) -> None:
    customer = a_customer_row(world.company)
    first = a_record(company=world.company, customer=customer, rating=4, verbatim="我要投诉你们的推诿")
    a_bad_record(company=world.company, customer=customer, verbatim="太慢")

    second = a_record(company=world.company, customer=customer, rating=4, verbatim="我要投诉你们的推诿")

    assert second.warning_score == first.warning_score + 2


# ---- late --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "verbatim", "after", "late"),
    [
        ("FM-SIGN", "", timedelta(hours=24), False),
        ("FM-SIGN", "", timedelta(hours=24, minutes=1), True),
        ("FM-SYMP", "", timedelta(hours=72), False),
        ("FM-SYMP", "", timedelta(hours=72, minutes=1), True),
        ("FM-SIGN", "厨房有燃气味", timedelta(hours=1), False),
        ("FM-SIGN", "厨房有燃气味", timedelta(hours=1, minutes=1), True),
        ("FM-SYMP", "厨房有燃气味", timedelta(hours=1, minutes=1), True),
    ],
)
def test_f2_late_flag(world: World, method: str, verbatim: str, after: timedelta, late: bool) -> None:
    record = a_record(company=world.company, method=method, verbatim=verbatim, occurred_at=NOON - after, at=NOON)

    assert (record.late, record.safety) == (late, bool(verbatim))


def test_a_customer_is_never_late(world: World) -> None:
    record = a_record(company=world.company, source="customer", occurred_at=NOON - timedelta(days=9), at=NOON)

    assert record.late is False


# ---- sealed ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["record", "answer", "attachment", "note"])
@pytest.mark.parametrize("statement", ["UPDATE feedback_{} SET id = id", "DELETE FROM feedback_{}"])
def test_the_database_refuses_any_change(world: World, table: str, statement: str) -> None:
    record = a_bad_record(company=world.company, photos=[a_photo()])
    append_note(record, by=world.owner, at=NOON, text="已去电")

    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))

    record.refresh_from_db()
    assert digest_of(record) == record.digest


def test_no_role_can_change_a_record_through_the_models_either(world: World) -> None:
    record = a_bad_record(company=world.company)

    record.verbatim = "很好"
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        record.save()
    with pytest.raises(DatabaseError, match="sealed"), transaction.atomic():
        Record.objects.filter(pk=record.pk).update(rating=5)
    with pytest.raises(DatabaseError), transaction.atomic():
        record.delete()


def test_the_check_code_is_rebuilt_from_the_rows(world: World) -> None:
    record = a_record(company=world.company, rating=2, answers={"Q2": 0}, verbatim="慢\r\n真慢 🔥", photos=[a_photo()])

    kept = Record.objects.get(pk=record.pk)

    assert kept.verbatim == "慢\n真慢 🔥"
    assert digest_of(kept) == kept.digest == record.digest
    assert len(kept.digest) == 64


def test_the_command_names_records_that_do_not_match(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    good = a_record(company=world.company, photos=[a_photo()])
    call_command("verify_records")
    assert "1 records match" in capsys.readouterr().out

    made_up = {field.attname: getattr(good, field.attname) for field in Record._meta.concrete_fields}
    forged = Record.objects.create(**{**made_up, "id": None, "client_key": uuid4(), "verbatim": "很满意"})

    with pytest.raises(CommandError, match="1 of 2"):
        call_command("verify_records")
    assert forged.number in capsys.readouterr().out


def test_collector_and_group_see_the_same_record_at_the_same_moment(world: World) -> None:
    record = a_bad_record(company=world.company, by=world.owner)
    people = {
        "owner": world.owner,
        "team": a_person("front", at=world.team),
        "department": a_person("dept_mgr", at=department_in(world.company, "D-HOME")),
        "company": a_person("branch_leader", at=world.company),
        "group": a_person("hq_cs", at=world.group),
    }

    seen = {who: Record.objects.visible_to(user).get(pk=record.pk) for who, user in people.items()}

    assert {(kept.verbatim, kept.rating, kept.digest) for kept in seen.values()} == {
        (record.verbatim, record.rating, record.digest)
    }
    assert not Record.objects.visible_to(world.stranger).exists()
    assert not Record.objects.visible_to(a_person("admin", at=world.group)).exists()


def test_a_submission_leaves_one_journal_row(world: World) -> None:
    record = a_bad_record(company=world.company, by=world.owner)

    assert [(e.verb, e.actor_name, e.data["number"], e.data["why"]) for e in timeline(record)] == [
        ("record.submitted", world.owner.name, record.number, "rating")
    ]


# ---- once --------------------------------------------------------------------------------------------------------


def test_the_same_client_key_makes_one_record(world: World) -> None:
    key = uuid4()

    first = a_bad_record(company=world.company, by=world.owner, client_key=key)
    again = a_bad_record(company=world.company, by=world.owner, client_key=key)

    assert first == again
    assert Record.objects.count() == 1
    assert Entry.objects.filter(verb="record.submitted").count() == 1


def test_the_key_of_somebody_else_is_refused(world: World) -> None:
    first = a_record(company=world.company, by=world.owner)

    with pytest.raises(KeyTaken):
        a_record(company=world.company, by=world.supervisor, client_key=first.client_key)


# ---- photos, notes -----------------------------------------------------------------------------------------------


def test_a_photo_loses_place_and_device_and_is_named_by_nobody(world: World) -> None:
    record = a_record(company=world.company, photos=[a_photo("客户家门口.jpg"), a_photo(kind="PNG")])

    one, two = record.attachments.order_by("pk")
    with one.file.open("rb") as stream, Image.open(stream) as picture:
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
    assert (one.content_type, two.content_type) == ("image/jpeg", "image/png")
    assert "客户" not in one.file.name
    assert one.size == one.file.storage.size(one.file.name)


def test_a_refused_record_leaves_no_file(world: World, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    first = a_record(company=world.company, by=world.owner)

    again = a_record(company=world.company, by=world.owner, client_key=first.client_key, photos=[a_photo()])

    assert again == first
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_note_is_appended_and_journaled(world: World) -> None:
    record = a_bad_record(company=world.company, by=world.owner)

    append_note(record, by=world.supervisor, at=NOON + timedelta(hours=1), text=" 已电话致歉 ")

    assert [(n.author, n.text) for n in record.notes.all()] == [(world.supervisor, "已电话致歉")]
    assert [e.verb for e in timeline(record)] == ["record.noted", "record.submitted"]


@pytest.mark.parametrize(("text", "error"), [(" \n ", EmptyNote), ("字" * 2001, TextTooLong)])
def test_a_bad_note_is_refused(world: World, text: str, error: type[BusinessError]) -> None:
    record = a_record(company=world.company)

    with pytest.raises(error):
        append_note(record, by=world.owner, at=NOON, text=text)
    assert Note.objects.count() == 0


# ---- cost --------------------------------------------------------------------------------------------------------


def test_a_plain_submission_costs_a_fixed_number_of_queries(world: World) -> None:
    stage = a_stage_row(company=world.company)
    CatalogueLoad.objects.create(version="1.0", sha256=uuid4().hex, loaded_at=LONG_AGO)
    draft = {"stage": stage, "order": stage.order, "by": world.owner, "answers": {"Q2": 1, "Q4": "还行"}}
    a_record(**draft)
    ready = a_draft(company=world.company, **{k: v for k, v in draft.items() if k != "by"})

    with CaptureQueriesContext(
        connection,
    ) as spent:
        submit_record(ready, by=world.owner, at=NOON)

    statements = [q["sql"].split()[0] for q in spent if "SAVEPOINT" not in q["sql"]]
    # questions; record, answers, journal, mark for the rollups
    assert statements == ["SELECT", "INSERT", "INSERT", "INSERT", "INSERT"]
