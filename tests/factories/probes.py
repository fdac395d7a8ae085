"""Expected feedback of a test world.

probe = a_probe(unit=team, asked=technician)             # FM-SIGN at a home stage that ended at NOON
probe = a_probe(unit=team, method="FM-SMS", at=monday)   # one the customer answers alone
"""

from datetime import datetime
from typing import Any

from cxorders.organisation.models import Unit, User
from cxorders.organisation.queries import calendar_for
from feedback.probes.actions import missing_from, row_of
from feedback.probes.enums import ProbeState
from feedback.probes.models import Probe
from tests.factories.catalogue import key_point as the_key_point
from tests.factories.catalogue import method as the_method
from tests.factories.feedback import NOON, a_stage_row
from touchpoints.orders.models import Stage


def a_probe(
    *,
    unit: Unit,
    stage: Stage | None = None,
    method: str = "FM-SIGN",
    point: str = "KP-HS-05",
    asked: User | None = None,
    at: datetime = NOON,
    **fields: Any,
) -> Probe:
    """An open probe of `unit`, written straight to the table, at a stage that ended `at` unless one is given."""
    assert unit.company is not None
    where = stage or a_stage_row(company=unit.company, unit=unit, state="done", ended_at=at)
    columns = row_of(
        the_method(method), the_key_point(point), company_id=where.company_id, unit_id=unit.pk,
        order_id=where.order_id, stage_id=where.pk, person_id=asked.pk if asked is not None else None, desk_id=None,
        ended_at=at, missing_at=missing_from(calendar_for(unit), at),
    )  # fmt: skip
    return Probe.objects.create(**columns | fields)


def excused(probe: Probe, code: str, at: datetime) -> Probe:
    """The probe as if somebody had said why at `at`, written straight to the table."""
    probe.state, probe.excuse_code, probe.excused_at, probe.settled_at = ProbeState.EXCUSED, code, at, at
    probe.save()
    return probe
