"""What the order page is told: which stages lack their feedback."""

from django.db.models import Count
from django.utils import timezone

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from feedback.probes.enums import ProbeState
from feedback.probes.models import Probe
from feedback.probes.queries.reads import unheard
from touchpoints.orders.models import Order
from touchpoints.orders.panels import StageMark


def marks_of_stages(order: Order, user: User) -> dict[int, StageMark]:
    """Stage key → how many probes are past their time without a record. Two queries.

    Whether feedback exists at all is no secret, so it does not depend on the reach of `user`. What may still be
    collected in time lacks nothing yet, and what is excused never will.
    """
    if not may(user, "record.read"):
        return {}
    own = Probe.objects.filter(stage__order=order).order_by()
    late = unheard(own).filter(due_at__lt=timezone.now())
    marks: dict[int, StageMark] = {}
    for rows in (late, own.filter(state=ProbeState.MISSING)):
        for stage, n in rows.values_list("stage_id").annotate(n=Count("pk")):
            marks[stage] = marks.get(stage, StageMark()).join(StageMark(missing=n))
    return marks
