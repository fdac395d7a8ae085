"""A customer rates the stage just done, from the progress page: one record per stage, however often it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from cxorders.kit.panels import Panel
from feedback.intake.models import Record
from feedback.intake.queries import Sheet, catalogue_for
from touchpoints.catalogue.models import FeedbackMethod
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Order, Stage
from touchpoints.orders.queries import is_callback
from touchpoints.progress.panels import Visit

METHODS = ("FM-QR", "FM-SMS")
"""micro-survey by link; rating by message where the link is not a method of the touchpoint"""


@dataclass(frozen=True)
class Rating:
    """What can be rated now."""

    stage: Stage
    sheet: Sheet
    method: FeedbackMethod
    key: UUID
    given: bool
    """the record exists already"""


@dataclass(frozen=True)
class RatingBlock:
    """The block of the progress page."""

    name: str
    token: str
    lang: str
    given: bool
    rating: str
    words: str
    error: str
    key: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The five ratings with their words."""
        return [("1", _("很差")), ("2", _("较差")), ("3", _("一般")), ("4", _("满意")), ("5", _("很满意"))]


def key_of_stage(stage: Stage) -> UUID:
    """The idempotency key of a rating: the same for every submission about this stage, and not to be guessed."""
    digest = salted_hmac("feedback.intake.rating", str(stage.pk), algorithm="sha256").digest()
    return UUID(bytes=digest[:16], version=4)


def ratable(order: Order) -> Rating | None:
    """The last service stage that is done, with the questions of its first key point; None before there is one."""
    done = Stage.objects.filter(order=order, state=StageState.DONE, ended_at__isnull=False)
    rows = done.select_related("stage_type__process", "stage_type__touchpoint", "unit").order_by("-ended_at", "-pk")
    stage = next((row for row in rows[:20] if not is_callback(row.stage_type)), None)
    if stage is None:
        return None
    catalogue = catalogue_for(order.company)
    place = catalogue.reference.places.get(stage.stage_type_id)
    method = _method(catalogue.reference.methods, stage)
    if place is None or place.first is None or method is None:
        return None
    key = key_of_stage(stage)
    given = Record.objects.filter(client_key=key).exists()
    return Rating(stage, catalogue.sheet(place.first), method, key, given)


def _method(methods: dict[str, FeedbackMethod], stage: Stage) -> FeedbackMethod | None:
    known = [methods[code] for code in METHODS if code in methods]
    fits = (method for method in known if stage.stage_type.touchpoint.code in method.touchpoints)
    return next(fits, known[0] if known else None)


def rating_panel(visit: Visit, _user: None) -> Sequence[Panel]:
    """The block of the progress page where the stage just done is rated."""
    rating = ratable(visit.link.order)
    if rating is None:
        return []
    block = RatingBlock(
        name=rating.stage.stage_type.name,
        token=visit.token,
        lang=visit.language[:2],
        given=rating.given,
        rating=str(visit.typed.get("rating", "")),
        words=str(visit.typed.get("words", "")),
        error=str(visit.typed.get("rating_error", "")),
        key=str(rating.key),
    )
    return [Panel("feedback/intake/_rate_stage.html", block)]
