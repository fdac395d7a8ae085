"""Who may act in which role at which unit, from when to when. Grants are dated; history stays."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError
from cxorders.organisation import holdings
from cxorders.organisation.actions.units import UnitClosed
from cxorders.organisation.enums import Reach
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.roles import ROLES


class UnknownRole(BusinessError):
    """No role has this code, or it is none a person can be given (customers use public links)."""

    code = "role_unknown"
    zh = "没有这个角色：{role}。"
    en = "There is no such role: {role}."


class RoleNotHere(BusinessError):
    """A role that sees the group stands in the group, a role that sees a company inside one."""

    code = "role_not_here"
    zh = "“{role}”不能授予“{unit}”：看全集团的角色只设在集团，看全公司的角色只设在成员企业内。"
    en = (
        "“{role}” cannot be granted at “{unit}”: a role that sees the whole group belongs to the group, "
        "a role that sees a company belongs inside one."
    )


class AlreadyGranted(BusinessError):
    """The person holds this role at this unit during that time."""

    code = "grant_exists"
    zh = "{person}在“{unit}”已经是{role}。"
    en = "{person} already is {role} at “{unit}”."


class PersonInactive(BusinessError):
    """The person has left."""

    code = "person_inactive"
    zh = "{person}已经停用。"
    en = "{person} has been deactivated."


class GrantOver(BusinessError):
    """The grant has ended already."""

    code = "grant_over"
    zh = "这项授权已经结束。"
    en = "This grant has already ended."


class LastAdmin(BusinessError):
    """Nobody would be left to maintain people."""

    code = "last_admin"
    zh = "这是最后一位系统管理员，先授权另一位再结束。"
    en = "This is the last system administrator. Grant the role to somebody else first."


@transaction.atomic
def grant_role(
    user: User,
    role_code: str,
    unit: Unit,
    *,
    by: User | None,
    at: datetime,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Grant:
    """Let `user` act as `role_code` at `unit` from `starts_at` (default `at`) until `ends_at` (default: open).

    Effects: the grant, a journal row `grant.given` at the unit.
    Raises UnknownRole, PersonInactive, UnitClosed, RoleNotHere, AlreadyGranted.
    """
    starts_at = starts_at or at
    _check_grant(User.objects.select_for_update(of=("self",)).get(pk=user.pk), role_code, unit)
    same = Grant.objects.filter(user=user, role_code=role_code, unit=unit)
    overlap = same.filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))
    if ends_at is not None:
        overlap = overlap.filter(starts_at__lt=ends_at)
    if overlap.exists():
        raise AlreadyGranted(field="role_code", person=user.name, unit=unit.name, role=ROLES[role_code].name)
    grant = Grant.objects.create(
        user=user, role_code=role_code, unit=unit, starts_at=starts_at, ends_at=ends_at, granted_by=by
    )
    _journal(grant, "grant.given", by=by, at=at, starts_at=starts_at.isoformat())
    return grant


@transaction.atomic
def end_grant(grant: Grant, *, by: User | None, at: datetime) -> Grant:
    """End `grant` at `at`; one that has not begun by then is withdrawn.

    Effects: `ends_at` (or the row of a grant that never held goes), a journal row `grant.ended` or `grant.withdrawn`.
    Raises GrantOver, LastAdmin.
    """
    present = Grant.objects.select_for_update(of=("self",)).filter(pk=grant.pk).first()
    if present is None or (present.ends_at is not None and present.ends_at <= at):
        raise GrantOver()
    _keep_an_admin(grant, at)
    if grant.starts_at >= at:
        _journal(grant, "grant.withdrawn", by=by, at=at)
        grant.delete()
        return grant
    grant.ends_at = at
    grant.save(update_fields=["ends_at"])
    _journal(grant, "grant.ended", by=by, at=at)
    return grant


@transaction.atomic
def transfer(
    grant: Grant,
    unit: Unit,
    *,
    by: User | None,
    at: datetime,
    role_code: str = "",
    successor: User | None = None,
) -> Grant:
    """Move the person of `grant` to `unit`, in the same role or `role_code`: one grant ends and one begins at `at`.

    What was done before stays with the former unit (C5). With `successor` all open items are handed over, without one
    the person keeps them. Effects: end_grant, grant_role, hand-over. Raises what these raise.
    """
    user = grant.user
    moved = grant_role(user, role_code or grant.role_code, unit, by=by, at=at)
    end_grant(grant, by=by, at=at)
    if successor is not None:
        holdings.hand_over(user, successor, by=by, at=at)
    return moved


def _check_grant(user: User, role_code: str, unit: Unit) -> None:
    role = ROLES.get(role_code)
    if role is None or not role.permissions:
        raise UnknownRole(field="role_code", role=role_code)
    if not user.is_active:
        raise PersonInactive(person=user.name)
    if unit.closed_on is not None:
        raise UnitClosed(field="unit", unit=unit.name)
    in_company = unit.company_id is not None
    if (role.reach is Reach.GROUP and in_company) or (role.reach is Reach.COMPANY and not in_company):
        raise RoleNotHere(field="unit", role=role.name, unit=unit.name)


def _keep_an_admin(grant: Grant, at: datetime) -> None:
    if grant.role_code != "admin":
        return
    others = Grant.objects.in_force(at).filter(role_code="admin", user__is_active=True).exclude(user=grant.user)
    if not others.exists():
        raise LastAdmin()


def _journal(grant: Grant, verb: str, *, by: User | None, at: datetime, **data: str) -> None:
    record(
        grant.user,
        verb,
        by=by,
        at=at,
        unit_id=grant.unit_id,
        company_id=grant.unit.company_id,
        role=grant.role_code,
        unit=grant.unit.zh,
        **data,
    )
