"""Who holds which post, and which unit answers for what."""

from datetime import datetime

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Grant, Unit, User


def grants_of(user: User, *, at: datetime) -> list[Grant]:
    """The grants of `user` in force at `at`, oldest first, with their units."""
    return list(Grant.objects.in_force(at).filter(user=user).select_related("unit", "unit__company"))


def people_with(role_code: str, unit: Unit, *, at: datetime) -> list[User]:
    """Active people holding `role_code` at `unit` or below it at `at`, in order of their grants."""
    held = Grant.objects.in_force(at).filter(
        role_code=role_code, unit__in=Unit.objects.below(unit), user__is_active=True
    )
    return list(
        {grant.user_id: grant.user for grant in held.select_related("user").order_by("starts_at", "pk")}.values()
    )


def department_of(company: Unit, department_code: str) -> Unit | None:
    """The department of `company` that answers for `department_code` (catalogue code), or None when it has none."""
    return (
        Unit.objects.filter(company=company, department_code=department_code, kind=UnitKind.DEPARTMENT, closed_on=None)
        .order_by("path")
        .first()
    )
