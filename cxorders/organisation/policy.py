"""What one administrator may do to one unit or one person (the role is checked at the door of the view)."""

from datetime import datetime

from cxorders.organisation.access import may
from cxorders.organisation.models import Grant, Unit, User


def may_manage_unit(user: User, unit: Unit) -> bool:
    """Whether `user` maintains `unit`: the permission, and the unit lies below the grant in use."""
    return may(user, "organisation.manage") and Unit.objects.visible_to(user).filter(pk=unit.pk).exists()


def may_manage_person(user: User, person: User, *, at: datetime) -> bool:
    """Whether `user` maintains `person`: everything the person holds now or later lies within reach."""
    if not may(user, "organisation.manage"):
        return False
    beyond = Grant.objects.not_over(at).filter(user=person).exclude(unit__in=Unit.objects.visible_to(user))
    return not beyond.exists()
