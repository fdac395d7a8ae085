"""Approving and rejecting a company's own value: somebody other than who proposed it (X4)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.states import may_move, move
from cxorders.organisation.models import User
from touchpoints.standards import policy
from touchpoints.standards.actions.limits import own_limit
from touchpoints.standards.actions.periods import note, require_period, require_something_to_end
from touchpoints.standards.actions.proposing import MOST_TEXT
from touchpoints.standards.enums import VERSION_TRANSITIONS, VersionState
from touchpoints.standards.models import Standard, StandardVersion

DAY = timedelta(days=1)


class RejectionWithoutReason(BusinessError):
    code = "standard_rejection_reason"
    zh = "不批准要写明理由（不超过 {most} 字），提议人要看。"
    en = "Give the reason for not approving it (at most {most} characters): whoever proposed it reads it."


class StartsToday(BusinessError):
    """One day, one version: a day that has begun under one version ends under it."""

    code = "standard_starts_today"
    zh = "今天已有一版开始生效，新的一版最早从明天起。"
    en = "A version has begun today; the next one begins tomorrow at the earliest."


@transaction.atomic
def approve_version(
    version: StandardVersion, *, by: User, at: datetime, valid_from: date | None = None, text: str = ""
) -> StandardVersion:
    """draft → approved: in force from its first day on, without anybody doing anything more.

    `valid_from`: another first day, where the proposed one has passed while the draft waited. The value is held
    against the group's standard once more. Effects, in order: the version in force before ends the day before;
    approved versions that would have begun later inside its days are replaced; journal `standard.approved` with
    what it ended and replaced. Orders accepted already keep their promises.
    Raises NotAllowed, WrongState, Stale, StartPassed, PeriodWrong, StartsToday, NothingToEnd, NotTighter,
    StandardUnknown (retired meanwhile).
    """
    held = _hold(version, by)
    first, today = valid_from or held.valid_from, timezone.localdate(at, BUSINESS_ZONE)
    require_period(first, held.valid_to, today)
    if held.value is None:
        require_something_to_end(held.company, held.standard, first)
    else:
        own_limit(held.standard.code, held.value)
    ended, replaced = _make_room(held, first, today, by=by, at=at)
    move(
        version, VersionState.APPROVED, table=VERSION_TRANSITIONS,
        valid_from=first, decided_by=by, decided_at=at, decision=text.strip()[:MOST_TEXT],
    )  # fmt: skip
    note(version, "standard.approved", by=by, at=at, text=version.decision, ended=ended, replaced=replaced)
    return version


@transaction.atomic
def reject_version(version: StandardVersion, *, by: User, at: datetime, text: str) -> StandardVersion:
    """draft → rejected; it stays in sight with the reason. Effects: journal `standard.rejected`.

    Raises NotAllowed, WrongState, Stale, RejectionWithoutReason.
    """
    _hold(version, by)
    said = text.strip()
    if not said or len(said) > MOST_TEXT:
        raise RejectionWithoutReason(field="text", most=MOST_TEXT)
    move(
        version, VersionState.REJECTED, table=VERSION_TRANSITIONS, decided_by=by, decided_at=at, decision=said
    )  # fmt: skip
    note(version, "standard.rejected", by=by, at=at, reason=said)
    return version


def _hold(version: StandardVersion, by: User) -> StandardVersion:
    """The draft as it is now, its standard locked: approvals of one standard go one after the other."""
    if not policy.may_decide(by, version):
        raise NotAllowed()
    Standard.objects.select_for_update().get(pk=version.standard_id)
    held = StandardVersion.objects.select_related("standard", "company").get(pk=version.pk)
    if not may_move(VERSION_TRANSITIONS, held.state, VersionState.APPROVED):
        raise WrongState()
    return held


def _make_room(
    held: StandardVersion, first: date, today: date, *, by: User, at: datetime
) -> tuple[list[int], list[int]]:
    """Keys of the versions ended the day before `first`, and of those replaced before they began."""
    rows = StandardVersion.objects.approved_since(first).filter(company=held.company_id, standard=held.standard_id)
    if held.valid_to is not None and held.value is not None:
        rows = rows.filter(Q(valid_from__lte=held.valid_to))
    ended, replaced = [], []
    for former in rows.order_by("valid_from"):
        if former.valid_from < first:
            StandardVersion.objects.filter(pk=former.pk).update(valid_to=first - DAY)
            ended.append(former.pk)
        elif former.valid_from <= today:
            raise StartsToday(field="valid_from")
        else:
            move(former, VersionState.REPLACED, table=VERSION_TRANSITIONS)
            note(former, "standard.replaced", by=by, at=at)
            replaced.append(former.pk)
    return ended, replaced
