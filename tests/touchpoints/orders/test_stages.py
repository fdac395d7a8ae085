"""One stage in people's hands: evidence, failing, deciding, assigning, agreeing a time (O5, O8–O10)."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from PIL import Image

from cxorders.customers.models import Customer
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.photos import clean_photo
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import (
    HOUR,
    MONDAY,
    a_picture,
    an_order,
    complete_current_stage,
    current_stage,
    finish,
    in_front,
    proofs_for,
    run_to,
    shanghai,
    stage_of,
    take_optional,
)
from tests.factories.organisation import a_person, a_world, department_in, team_of
from touchpoints.orders.actions import (
    EvidenceInput,
    appoint_stage,
    assign_stage,
    complete_stage,
    decide_stage,
    fail_stage,
    retry_stage,
    skip_stage,
)
from touchpoints.orders.actions.accept import ReasonMissing
from touchpoints.orders.actions.evidence import EvidenceMissing, NotANumber, NotAPhoto, PhotoTooLarge, TooLong
from touchpoints.orders.actions.stages import NightBan, NotOptional, OutsideCompany, SamePerson, WithTheCallbacks
from touchpoints.orders.guards import GUARDS, guard_of
from touchpoints.orders.models import Evidence, Order, Stage, StageType
from touchpoints.orders.queries import open_stages

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def test_every_guard_of_the_catalogue_is_worded():
    order = an_order()
    phrases = {phrase for row in StageType.objects.filter(retired=False) for phrase in row.guards}

    assert order.pk
    assert phrases - GUARDS.keys() == set()
    assert guard_of("something new").kind == "tick"


def test_o8_everything_that_lacks_is_named_at_once_and_nothing_changes():
    stage = run_to(an_order(), "INSTALL")

    with pytest.raises(EvidenceMissing) as refused:
        complete_stage(stage, by=None, at=MONDAY)

    assert [guard.phrase for guard in refused.value.guards] == ["photos before/after", "crew identity"]
    assert refused.value.in_language("zh") == "还缺：施工前后照片各 1 张、出示工牌，说清今天做什么。"
    stage.refresh_from_db()
    assert stage.state == "active"


def test_o8_one_photo_is_not_two():
    stage = run_to(an_order(), "INSTALL")
    proofs = [
        EvidenceInput("photos before/after", "photo", file=a_picture()),
        EvidenceInput("crew identity", "tick", "1"),
    ]

    with pytest.raises(EvidenceMissing) as refused:
        complete_stage(stage, by=None, at=MONDAY, evidence=proofs)
    assert [guard.phrase for guard in refused.value.guards] == ["photos before/after"]


def test_o8_a_reason_stands_in_for_a_signature_unless_it_is_mandatory():
    accept = run_to(an_order(), "ACCEPT")
    proofs = [
        EvidenceInput("pressure test record", "number", "12.5"),
        EvidenceInput("customer signature", "reason", "客户出差，电话确认"),
    ]
    assert complete_stage(accept, by=None, at=accept.started_at + HOUR, evidence=proofs).state == "done"

    signed = run_to(an_order("OT-ONSITE"), "SIGN")
    with pytest.raises(EvidenceMissing):
        complete_stage(
            signed, by=None, at=MONDAY, evidence=[EvidenceInput("signature mandatory", "reason", "客户已走")]
        )


WARRANTY = "in warranty / out of warranty / send outside"


@pytest.mark.parametrize(("answer", "words"), [("maybe", "看情况"), ("out", " "), ("outside", "")])
def test_o8_a_decision_without_its_grounds_is_none(answer, words):
    stage = run_to(an_order("OT-WORKSHOP"), "DIAGNOSE")

    with pytest.raises(EvidenceMissing):
        complete_stage(
            stage, by=None, at=stage.started_at + HOUR, evidence=[EvidenceInput(WARRANTY, "choice", answer, text=words)]
        )


@pytest.mark.parametrize(
    ("answer", "words", "sealed"),
    [("in", "", "保内"), ("out", "报价 320 元，客户同意", "保外：报价 320 元，客户同意")],
)
def test_o8_a_decision_is_sealed_in_words(answer, words, sealed):
    stage = run_to(an_order("OT-WORKSHOP"), "DIAGNOSE")
    evidence = [EvidenceInput(WARRANTY, "choice", answer, text=words)]

    complete_stage(stage, by=None, at=stage.started_at + HOUR, evidence=evidence)

    assert Evidence.objects.filter(stage=stage).values_list("kind", "value").get() == ("text", sealed)


def restoring(kind: str, segment: str) -> Stage:
    """The stage that restores supply, for a customer of the segment."""
    order = an_order(kind)
    Customer.objects.filter(pk=order.customer_id).update(segment_code=segment)
    return Stage.objects.select_related("order__customer").get(pk=run_to(Order.objects.get(pk=order.pk), "RESTORE").pk)


@pytest.mark.parametrize(
    ("kind", "segment", "at", "refused"),
    [
        ("OT-EMERG", "RETAIL", "21:59", False),
        ("OT-EMERG", "RETAIL", "22:00", True),
        ("OT-EMERG", "RETAIL", "05:59", True),
        ("OT-EMERG", "RETAIL", "06:00", False),
        ("OT-EMERG", "CI", "23:30", False),
        ("OT-OUTAGE", "CI", "23:30", True),
    ],
)
def test_nobody_is_woken_by_gas_that_comes_back(kind, segment, at, refused):
    """STD-EC-17: no supply is restored to residents from 22:00 to 6:00; a planned outage ends for nobody then."""
    stage = restoring(kind, segment)
    hour, minute = map(int, at.split(":"))
    moment = datetime(2026, 9, 17, hour, minute, tzinfo=BUSINESS_ZONE)

    if refused:
        with pytest.raises(NightBan):
            complete_stage(stage, by=None, at=moment, evidence=proofs_for(stage))
    else:
        assert complete_stage(stage, by=None, at=moment, evidence=proofs_for(stage)).state == "done"


@pytest.mark.parametrize("value", ["", "十二", "1,5", "nan", "12 kPa"])
def test_o8_a_reading_is_a_number(value):
    stage = run_to(an_order(), "CONVERT")
    proofs = [EvidenceInput("leak test pass", "number", value), EvidenceInput("safety briefing ticked", "tick", "1")]

    with pytest.raises((NotANumber, EvidenceMissing)):
        complete_stage(stage, by=None, at=MONDAY, evidence=proofs)


def test_o8_what_is_no_photo_or_too_large_is_refused(settings):
    stage = run_to(an_order(), "INSTALL")
    tick = EvidenceInput("crew identity", "tick", "1")

    def with_file(file):
        return [EvidenceInput("photos before/after", "photo", file=file), *proofs_for(stage)[1:2], tick]

    text = SimpleUploadedFile("照片.jpg", b"not a picture at all", content_type="image/jpeg")
    with pytest.raises(NotAPhoto):
        complete_stage(stage, by=None, at=MONDAY + 90 * HOUR * 24, evidence=with_file(text))
    settings.CX_MAX_UPLOAD_BYTES = 100
    with pytest.raises(PhotoTooLarge):
        complete_stage(stage, by=None, at=MONDAY + 90 * HOUR * 24, evidence=with_file(a_picture()))
    assert Evidence.objects.filter(stage=stage).count() == 0


def test_a_photo_loses_the_place_it_was_taken_at():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (36.0, 4.0, 1.0)
    out = BytesIO()
    Image.new("RGB", (40, 30), "#888").save(out, "JPEG", exif=exif)

    photo = clean_photo(BytesIO(out.getvalue()))

    assert dict(Image.open(BytesIO(photo.content)).getexif()) == {}


def test_o8_a_text_of_more_than_500_signs_is_refused():
    stage = run_to(an_order(), "SURVEY")
    proofs = [EvidenceInput("feasible / not feasible with reason", "text", "可" * 501)]

    with pytest.raises(TooLong):
        complete_stage(stage, by=None, at=MONDAY + HOUR, evidence=proofs)


def test_evidence_is_sealed_by_the_database():
    order = an_order()
    complete_current_stage(order)
    proof = Evidence.objects.order_by("pk")[0]

    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=proof.pk).update(value="另一个")
    with pytest.raises(DatabaseError), transaction.atomic():
        Evidence.objects.filter(pk=proof.pk).delete()


def test_o8_a_stage_of_the_department_counts_for_the_team_that_did_it(world):
    order = an_order(company=world.company)
    stage = run_to(order, "INSTALL")
    crew = a_person("crew", at=team_of(world.company, "D-ENG"))
    assert stage.unit == department_in(world.company, "D-ENG")

    complete_stage(stage, by=crew, at=stage.started_at + HOUR, evidence=proofs_for(stage))

    done = stage_of(order, "INSTALL")
    assert (done.unit, done.assignee) == (team_of(world.company, "D-ENG"), crew)


def test_o9_a_failed_stage_keeps_its_promise_and_goes_on_after_a_new_appointment(heard):
    order = an_order()
    stage = run_to(order, "SURVEY")
    due = stage.due_at
    fail_stage(stage, by=None, at=stage.started_at + HOUR, reason="到访不遇")
    row = Entry.objects.get(verb="stage.failed", subject_id=order.pk)

    assert (stage.state, stage.reason) == ("failed", "到访不遇")
    assert row.data["retry_by"] == (stage.started_at + HOUR + timedelta(days=3)).isoformat()
    assert current_stage(order) is None

    retry_stage(stage, by=None, at=stage.started_at + 2 * HOUR, appointed_at=stage.started_at + 24 * HOUR)
    again = stage_of(order, "SURVEY")
    assert (again.state, again.due_at, again.ended_at) == ("active", due, None)


def test_o9_failing_needs_a_reason():
    stage = run_to(an_order(), "SURVEY")

    with pytest.raises(ReasonMissing):
        fail_stage(stage, by=None, at=MONDAY + HOUR, reason="  ")


def test_d_an_optional_stage_is_skipped_with_a_reason_only(world):
    """(d) optional stage skipped needs reason."""
    order = an_order(company=world.company)
    run_to(order, "PAY")
    complete_current_stage(order)
    yard = in_front(order)[1]
    manager = a_person("dept_mgr", at=department_in(world.company, "D-ENG"))

    with pytest.raises(ReasonMissing):
        skip_stage(yard, by=manager, at=MONDAY + 100 * HOUR, reason="")
    skip_stage(yard, by=manager, at=MONDAY + 100 * HOUR, reason="立管已通")

    assert (yard.state, yard.needed, yard.reason) == ("skipped", False, "立管已通")
    assert current_stage(order).stage_type.code == "INSTALL"


def test_o10_a_mandatory_stage_is_never_skipped():
    order = an_order()

    with pytest.raises(NotOptional):
        skip_stage(stage_of(order, "SURVEY"), by=None, at=MONDAY, reason="来不及")


def test_o5_an_optional_stage_that_is_needed_starts_with_its_clock():
    order = an_order()
    run_to(order, "PAY")
    complete_current_stage(order)
    stage = take_optional(order)

    assert (stage.state, stage.needed) == ("active", True)
    assert stage.due_at is not None


def test_o5_deciding_early_saves_the_stop():
    order = an_order()
    decide_stage(stage_of(order, "YARD"), by=None, at=MONDAY, reason="立管未通")
    stage = run_to(order, "YARD")

    assert stage.state == "active"


def test_assigning_gives_the_stage_to_the_persons_team(world):
    order = an_order(company=world.company)
    stage = run_to(order, "INSTALL")
    manager = a_person("dept_mgr", at=department_in(world.company, "D-ENG"))
    crew = a_person("crew", at=team_of(world.company, "D-ENG"))
    elsewhere = a_person("crew", at=team_of(world.other, "D-ENG"))

    with pytest.raises(OutsideCompany):
        assign_stage(stage, by=manager, at=stage.started_at, assignee=elsewhere)
    assign_stage(stage, by=manager, at=stage.started_at, assignee=crew)

    assert list(open_stages(crew)) == [stage]
    assert stage_of(order, "INSTALL").unit == team_of(world.company, "D-ENG")


def test_a_colleague_may_take_a_stage_of_the_pool_but_not_hand_it_on(world):
    stage = run_to(an_order(company=world.company), "INSTALL")
    crew = a_person("crew", at=team_of(world.company, "D-ENG"))
    other = a_person("crew", at=team_of(world.company, "D-ENG"))

    with pytest.raises(NotAllowed):
        assign_stage(stage, by=crew, at=stage.started_at, assignee=other)
    assert assign_stage(stage, by=crew, at=stage.started_at, assignee=crew).assignee == crew


def test_a_promise_of_tolerance_hangs_on_the_agreed_moment():
    order = an_order("OT-SAFETY")
    stage = run_to(order, "VISIT")
    assert stage.due_at is None

    appoint_stage(stage, by=None, at=stage.started_at, appointed_at=shanghai("2026-11-05 09:00"))
    assert stage.due_at == shanghai("2026-11-05 09:15")
    appoint_stage(stage, by=None, at=stage.started_at, appointed_at=shanghai("2026-11-06 09:00"), reason="客户改约")

    assert (stage.due_at, stage.first_due_at) == (shanghai("2026-11-06 09:15"), shanghai("2026-11-05 09:15"))


def test_an_agreed_moment_does_not_move_a_promise_in_days():
    stage = run_to(an_order(), "SURVEY")
    due = stage.due_at
    appoint_stage(stage, by=None, at=stage.started_at, appointed_at=due + 48 * HOUR)

    assert stage.due_at == due


def test_who_entered_a_goods_order_does_not_approve_it(world):
    order = an_order("OT-GOODS", company=world.company)
    clerk = a_person("handler", at=department_in(world.company, "D-MKT"))
    boss = a_person("dept_mgr", at=department_in(world.company, "D-MKT"))
    complete_current_stage(order, by=clerk)
    stage = current_stage(order)

    with pytest.raises(SamePerson):
        complete_stage(stage, by=clerk, at=stage.started_at + HOUR)
    assert complete_stage(stage, by=boss, at=stage.started_at + HOUR).state == "done"


def test_a_callback_stage_is_not_completed_by_the_people_of_the_service(world):
    order = an_order(company=world.company)
    finish(order)
    stage = stage_of(order, "CALLBACK")

    agent = a_person("agent", at=team_of(world.company, "D-CC"))
    assert list(open_stages(agent)) == []
    Order.objects.filter(pk=order.pk).update(state="running")
    with pytest.raises(WithTheCallbacks):
        complete_stage(stage, by=agent, at=MONDAY + 999 * HOUR)
