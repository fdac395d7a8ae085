"""Records of a test world, through the real verb.

    record = a_record(rating=2, verbatim="约好十点半,十一点多才到")          # by a field technician of company A
    record = a_record(stage=stage, by=technician, rating=5, at=now)         # at a stage of an order
    bad = a_bad_record(company=company)                                     # negative by its rating (F4)

Key points, questions and methods are those of the product's catalogue.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cxorders.customers.models import Customer, Premises
from cxorders.organisation.models import Unit, User
from feedback.intake.actions import RecordDraft, submit_record
from feedback.intake.models import Record
from feedback.intake.queries import sheet_for
from tests.factories.catalogue import key_point as the_key_point
from tests.factories.catalogue import method as the_method
from tests.factories.catalogue import stage_type, the_catalogue
from tests.factories.organisation import LONG_AGO, a_company, a_person, team_of
from touchpoints.catalogue.models import FeedbackMethod, KeyPoint
from touchpoints.orders.models import Order, Stage, StageType

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
"""Friday 20 November 2026, 12:00 in Shanghai"""


def a_customer_row(company: Unit, *, name: str = "赵丽", phone: str = "13900004402", **fields: Any) -> Customer:
    """A customer of `company`, written straight to the table."""
    return Customer.objects.create(
        company=company, name=name, salutation="赵女士", phone=phone, created_at=LONG_AGO, **fields
    )


def a_stage_row(
    *,
    company: Unit,
    unit: Unit | None = None,
    order_type: str = "OT-RETAIL-INSTALL",
    stage_code: str = "",
    **fields: Any,
) -> Stage:
    """An active stage of a running order of `company` with a customer, written straight to the tables."""
    kind = stage_type(order_type, stage_code) if stage_code else _stage_with("KP-HS-05", order_type)
    customer = a_customer_row(company)
    premises = Premises.objects.create(company=company, customer=customer, address="梧桐苑 2-1-902")
    owner = unit or team_of(company, "D-HOME")
    order = Order.objects.create(
        company=company,
        unit=team_of(company, "D-HALL"),
        order_type=kind.order_type,
        customer=customer,
        premises=premises,
        state="running",
        created_at=LONG_AGO,
        accepted_at=LONG_AGO,
    )
    values = {"state": "active", "started_at": LONG_AGO, "promise_kind": kind.promise_kind, **fields}
    return Stage.objects.create(company=company, order=order, stage_type=kind, seq=kind.seq, unit=owner, **values)


def _stage_with(key_point_code: str, order_type: str) -> StageType:
    the_catalogue()
    return (
        StageType.objects.filter(order_type__code=order_type, key_points__code=key_point_code).order_by("seq").first()
        or StageType.objects.filter(key_points__code=key_point_code).order_by("pk")[0]
    )


def a_photo(name: str = "现场.jpg", *, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> SimpleUploadedFile:
    """A small photo as a browser uploads it; a JPEG carries the place it was taken at."""
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "phone maker"
    exif.get_ifd(0x8825)[2] = (30.0, 16.0, 1.0)  # GPS latitude
    Image.new("RGB", size, "#d6a032").save(out, kind, **({"exif": exif} if kind == "JPEG" else {}))
    return SimpleUploadedFile(name, out.getvalue(), content_type=f"image/{kind.lower()}")


def a_draft(
    *,
    company: Unit,
    key_point: KeyPoint | str = "KP-HS-05",
    method: FeedbackMethod | str = "FM-SIGN",
    occurred_at: datetime = NOON,
    customer: Customer | None = None,
    order: Order | None = None,
    stage: Stage | None = None,
    rating: int | None = 5,
    answers: Mapping[str, Any] | None = None,
    client_key: UUID | None = None,
    photos: Sequence[IO[bytes]] = (),
    anonymous_reason: str | None = None,
    **more: Any,
) -> RecordDraft:
    """A draft ready to be submitted. `answers` maps the end of a question's code ("Q2") → value.

    `rating` answers the overall item where the key point has one.
    """
    point = the_key_point(key_point) if isinstance(key_point, str) else key_point
    sheet = sheet_for(point, company)
    asked = {question.code.rsplit("-", 1)[1]: question.pk for question in sheet.questions}
    values = {asked[end]: value for end, value in (answers or {}).items()}
    overall = sheet.overall
    if overall is not None and rating is not None:
        values.setdefault(overall.pk, rating)
    nameless = customer is None and (order is None or order.customer_id is None)
    return RecordDraft(
        company=company,
        method=the_method(method) if isinstance(method, str) else method,
        key_point=point,
        occurred_at=occurred_at,
        customer=customer,
        order=order,
        stage=stage,
        answers=values,
        rating=rating if overall is None else None,
        client_key=client_key or uuid4(),
        photos=photos,
        anonymous_reason=("客户不愿留名" if nameless else "") if anonymous_reason is None else anonymous_reason,
        **more,
    )


def a_record(
    *, company: Unit | None = None, by: User | None = None, at: datetime | None = None, **draft: Any
) -> Record:
    """A sealed record. The company comes from the stage, the order, the collector, else it is company A.

    `at` is the moment of submission (default NOON), the event time (`occurred_at`) follows it unless given.
    """
    where = draft.get("stage") or draft.get("order") or draft.get("customer")
    if company is None:
        if where is not None:
            company = where.company
        elif by is not None and by.active_grant is not None and by.active_grant.unit.company is not None:
            company = by.active_grant.unit.company
        else:
            company = Unit.objects.filter(code="A").first() or a_company("A")
    moment = at or NOON
    draft.setdefault("occurred_at", moment)
    collector = by or a_person("field", at=team_of(company, "D-HOME"))
    return submit_record(a_draft(company=company, **draft), by=collector, at=moment)


def a_bad_record(**draft: Any) -> Record:
    """A record that opens an issue: rating 2 and words that say why, unless other ones are given."""
    return a_record(**{"rating": 2, "verbatim": "约好十点半,十一点多才到,电话也没有一个。", **draft})
