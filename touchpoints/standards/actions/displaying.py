"""Putting an approved value up for customers (公示)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cxorders.kit.errors import BusinessError, NotAllowed, Stale, WrongState
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import User
from touchpoints.standards import policy
from touchpoints.standards.actions.periods import note
from touchpoints.standards.enums import Standing
from touchpoints.standards.models import StandardVersion

LIVE = (Standing.APPROVED, Standing.IN_FORCE)


class DisplayDayWrong(BusinessError):
    code = "standard_display_day"
    zh = "公示的日子在批准之后、今天（{today}）或以前。"
    en = "It was put up after it was approved, today ({today}) or before."


@transaction.atomic
def display_version(version: StandardVersion, *, by: User, at: datetime, day: date) -> StandardVersion:
    """An approved version was put up for customers on `day` (date of the business zone); noted once.

    Effects: journal `standard.displayed`.
    Raises NotAllowed, WrongState (not approved, over, or put up already), DisplayDayWrong, Stale.
    """
    if not policy.may_propose(by, version.company):
        raise NotAllowed()
    today = timezone.localdate(at, BUSINESS_ZONE)
    if version.standing(today) not in LIVE or version.displayed_on is not None or version.decided_at is None:
        raise WrongState()
    if not timezone.localdate(version.decided_at, BUSINESS_ZONE) <= day <= today:
        raise DisplayDayWrong(field="day", today=today.isoformat())
    free = StandardVersion.objects.filter(pk=version.pk, state=version.state, displayed_on=None)
    if not free.update(displayed_on=day, displayed_by=by):
        raise Stale()
    version.displayed_on, version.displayed_by = day, by
    note(version, "standard.displayed", by=by, at=at, day=day.isoformat())
    return version
