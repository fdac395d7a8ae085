"""Proposing another value for the own company, and taking the proposal back."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.kit.states import move
from cxorders.organisation.models import Unit, User
from touchpoints.standards import policy
from touchpoints.standards.actions.limits import StandardUnknown, own_limit
from touchpoints.standards.actions.periods import note, require_period, require_something_to_end
from touchpoints.standards.enums import VERSION_TRANSITIONS, VersionState
from touchpoints.standards.models import Standard, StandardVersion

MOST_TEXT = 300


class ProposalWithoutReason(BusinessError):
    """Who approves wants to know what it rests on."""

    code = "standard_reason"
    zh = "请写明为什么这样定（不超过 {most} 字），批准的人要看。"
    en = "Say why (at most {most} characters): whoever approves reads it."


class DraftWaiting(BusinessError):
    code = "standard_draft_waiting"
    zh = "这项标准已有一份提议在等批准；先等它有结果，或由提议人撤回。"
    en = "A proposal for this standard is waiting already; it has to be decided or withdrawn first."
    status = 409


@dataclass(frozen=True)
class Wanted:
    """What a company wants: a value (None: the group's again) from a day on, until a day or until the next one."""

    value: Any
    valid_from: date
    valid_to: date | None = None
    reason: str = ""


@transaction.atomic
def propose_version(company: Unit, code: str, wanted: Wanted, *, by: User, at: datetime) -> StandardVersion:
    """– → draft: another value of the standard `code` for `company`, numbers or as typed (see `own_limit`).

    Days are dates of the business zone. Nothing changes for orders until somebody else approves it.
    Effects: the row; journal `standard.proposed`. Raises NotAllowed, StandardUnknown, BadLimit, NotTighter,
    StartPassed, PeriodWrong, NothingToEnd, ProposalWithoutReason, DraftWaiting.
    """
    if not policy.may_propose(by, company):
        raise NotAllowed()
    standard = Standard.objects.filter(code=code, retired=False).first()
    if standard is None:
        raise StandardUnknown()
    value = None if wanted.value is None else own_limit(code, wanted.value)
    require_period(wanted.valid_from, wanted.valid_to, timezone.localdate(at, BUSINESS_ZONE))
    if value is None:
        require_something_to_end(company, standard, wanted.valid_from)
    reason = wanted.reason.strip()
    if not reason or len(reason) > MOST_TEXT:
        raise ProposalWithoutReason(field="reason", most=MOST_TEXT)
    version = StandardVersion(
        standard=standard, company=company, value=value, valid_from=wanted.valid_from,
        valid_to=None if value is None else wanted.valid_to, reason=reason, proposed_by=by, proposed_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            version.save()
    except IntegrityError as error:  # one draft at a time, which the database guards
        raise DraftWaiting() from error
    note(version, "standard.proposed", by=by, at=at, reason=reason)
    return version


@transaction.atomic
def withdraw_version(version: StandardVersion, *, by: User, at: datetime) -> StandardVersion:
    """draft → withdrawn, by who proposed it. Effects: journal `standard.withdrawn`.

    Raises NotAllowed, WrongState, Stale.
    """
    if not policy.may_withdraw(by, version):
        raise NotAllowed()
    move(version, VersionState.WITHDRAWN, table=VERSION_TRANSITIONS, decided_by=by, decided_at=at)
    note(version, "standard.withdrawn", by=by, at=at)
    return version
