"""Filters of a list under a name a person gave them, and which of them a list opens with."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.organisation.models import Unit, User

LONGEST_NAME, LONGEST_QUERY = 20, 500


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> "SavedViewQuerySet":
        """The person's own views, and those shared with the unit the person acts in or one above it."""
        grant = user.active_grant
        if grant is None or not user.is_active:
            return self.none()
        above = list(Unit.objects.above(grant.unit).order_by("path").values_list("pk", flat=True))
        return self.filter(Q(owner=user) | Q(unit__in=above))


class SavedView(models.Model):
    """The filters of one list as part of an address, e.g. "type=OT-CONTRACT-RES&late=1". A filter, never rows."""

    list_name = models.CharField(max_length=20)
    """code of the list, see `lists`"""
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    name = models.CharField(max_length=LONGEST_NAME)
    query = models.CharField(max_length=LONGEST_QUERY)
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    """shared with this unit and everything below it; empty for the owner alone"""
    created_at = models.DateTimeField()

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class UsualView(models.Model):
    """The view a person's list opens with when the address says nothing."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    list_name = models.CharField(max_length=20)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "list_name"], name="usual_view_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.list_name}"
