"""What fulfils a probe: asked of the records of its stage, so that a submission pays nothing for it."""

from datetime import datetime

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery

from cxorders.organisation.models import User
from feedback.intake.models import Record
from feedback.probes.enums import BY_PEOPLE, ProbeState
from feedback.probes.models import Probe, ProbeQuerySet


def answers() -> QuerySet[Record]:
    """Records that fulfil the probe of the outer query, the first one first: taken at its stage by its method, or by a
    person where a person collects by the method."""
    hand = ExpressionWrapper(OuterRef("by_hand"), output_field=BooleanField())
    rows = Record.objects.filter(stage=OuterRef("stage")).alias(hand=hand)
    return rows.filter(Q(method=OuterRef("method")) | Q(source__in=BY_PEOPLE, hand=True)).order_by("submitted_at", "pk")


def heard_by(moment: datetime) -> Q:
    """Whether the probe was fulfilled at `moment`: by a record handed in before the probe was missing."""
    known = answers().filter(submitted_at__lte=moment)
    in_time = known.filter(submitted_at__lte=OuterRef("missing_at"))
    return Q(Exists(in_time)) | Q(Exists(known), missing_at=None)


def unheard(rows: ProbeQuerySet) -> ProbeQuerySet:
    """Open probes nobody has answered yet, as they stand in this moment."""
    return rows.filter(~Exists(answers()), state=ProbeState.OPEN)


def probe_of(user: User, key: int) -> Probe | None:
    """One probe `user` may see, with what its page shows; None for any other."""
    return shown(Probe.objects.visible_to(user)).filter(pk=key).first()


def shown(rows: ProbeQuerySet) -> ProbeQuerySet:
    """With what a row of the page needs, and the moment the first answer came."""
    first = Subquery(answers().values("submitted_at")[:1])
    joined = rows.select_related(
        "order__customer", "order__order_type", "stage__stage_type__touchpoint", "key_point", "method", "unit", "asked",
        "company", "record", "excused_by",
    )  # fmt: skip
    return joined.annotate(heard_at=first)
