"""Units, people, dated grants and working calendars."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.db.models import Q

from cxorders.kit.naming import Named
from cxorders.organisation.enums import Reach, UnitKind
from cxorders.organisation.roles import ROLES, Role

PATH_STEP = 7
"""digits one level adds to `Unit.path`; digits only, so that ranges sort alike under every collation"""


class WorkRule(Named):
    """A set of working windows; a unit uses its own or the nearest one above it (metrics.md 0.4)."""

    code = models.CharField(max_length=40, unique=True)
    tz = models.CharField(max_length=40, default="Asia/Shanghai")
    windows = models.JSONField(default=dict)
    """weekday "0" (Monday) … "6" → list of ["08:30", "12:00"] pairs, local time"""
    follows_holidays = models.BooleanField(default=True)
    """False for a unit that works its week whatever the public calendar says, e.g. a hotline or an emergency crew"""
    version = models.PositiveIntegerField(default=1)
    """counts every change of the rule or of the day table, so that a calendar kept in memory is never out of date"""


class CalendarDay(models.Model):
    """A day that differs from the ordinary week: a public holiday or a make-up working day (调休)."""

    date = models.DateField(unique=True)
    is_off = models.BooleanField()
    name = models.CharField(max_length=60)
    notice_year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering: ClassVar = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class UnitQuerySet(models.QuerySet["Unit"]):
    def below(self, unit: "Unit") -> "UnitQuerySet":
        """`unit` and everything under it, by one index range on the path."""
        return self.filter(path__gte=unit.path, path__lte=unit.path + "9" * PATH_STEP)

    def above(self, unit: "Unit") -> "UnitQuerySet":
        """`unit` and its ancestors."""
        steps = [unit.path[:end] for end in range(PATH_STEP, len(unit.path) + 1, PATH_STEP)]
        return self.filter(path__in=steps)

    def visible_to(self, user: "User") -> "UnitQuerySet":
        """Units a person may look up in the organisation pages: those the active grant reaches, else its own unit.

        Administrators reach what lies below their grant although they see no business content.
        """
        grant = user.active_grant
        if grant is None or not user.is_active:
            return self.none()
        if grant.role.reach is Reach.GROUP:
            return self
        if grant.role.reach is Reach.COMPANY and grant.unit.company is not None:
            return self.below(grant.unit.company)
        return self.filter(pk=grant.unit_id) if grant.role.reach is Reach.OWN else self.below(grant.unit)

    def open_at(self, day: datetime) -> "UnitQuerySet":
        """Units that exist on the local day of `day`."""
        return self.filter(Q(closed_on=None) | Q(closed_on__gt=day.date()))


class Unit(Named):
    """A node of the organisation. Facts keep the unit that was responsible at the time (C5)."""

    code = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=12, choices=UnitKind.choices)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    path = models.CharField(max_length=140, unique=True, editable=False)
    company = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="members")
    """the company this unit belongs to; itself for a company, empty for the group and its departments"""
    department_code = models.CharField(max_length=20, blank=True)
    """catalogue code of the department this unit is or belongs to, e.g. D-HOME"""
    touchpoint_code = models.CharField(max_length=10, blank=True)
    work_rule = models.ForeignKey(WorkRule, null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["path"]
        indexes: ClassVar = [models.Index(fields=["company", "department_code", "kind"], name="unit_department")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="unit_company_is_set",
                condition=~Q(kind=UnitKind.COMPANY) | Q(company__isnull=False),
            ),
        ]


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: "User") -> "UserQuerySet":
        """People who hold or held a grant at a visible unit, and herself; from the group everybody is seen."""
        grant = user.active_grant
        if grant is None or not user.is_active:
            return self.filter(pk=user.pk)
        if grant.unit.company_id is None and grant.role.reach in (Reach.GROUP, Reach.NOTHING):
            return self
        here = Grant.objects.filter(unit__in=Unit.objects.visible_to(user)).values("user")
        return self.filter(Q(pk=user.pk) | Q(pk__in=here))


class Person(UserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Manager of people; kept so that `createsuperuser` works."""


class User(AbstractUser):
    """A person who signs in. Never deleted; deactivated after handing over."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(max_length=80)
    phone = models.CharField(max_length=20, blank=True)
    language = models.CharField(max_length=10, default="zh-hans")

    objects: ClassVar = Person()
    REQUIRED_FIELDS: ClassVar = ["name"]

    active_grant: "Grant | None" = None
    """the grant this request acts under; set by `cxorders.organisation.middleware.ActiveGrant`"""

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["Grant"]):
    def in_force(self, at: datetime) -> "GrantQuerySet":
        """Grants that hold at `at`."""
        return self.not_over(at).filter(starts_at__lte=at)

    def not_over(self, at: datetime) -> "GrantQuerySet":
        """Grants that hold at `at` or begin later."""
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at))


class Grant(models.Model):
    """One role at one unit, from a day to a day. A move closes one grant and opens another; history stays."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role_code = models.CharField(max_length=20)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["starts_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["unit", "role_code"], name="grant_unit_role")]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="grant_ends_after_start",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role_code} @ {self.unit}"

    @property
    def role(self) -> Role:
        """The role as code: its permissions, reach and names."""
        return ROLES[self.role_code]
