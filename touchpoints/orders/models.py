"""Orders and their stages: the journey as it was promised and as it went."""

from typing import ClassVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery

from cxorders.customers.models import Customer, Premises
from cxorders.kit.naming import Named
from cxorders.kit.numbering import number
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.catalogue.models import CatalogueRow, KeyPoint, Process, Touchpoint
from touchpoints.orders.enums import OPEN_STAGE_STATES, EvidenceKind, OrderState, PauseReason, StageState
from touchpoints.standards.models import Standard

STILL_MOVING = Q(done_at=None, closed_at=None)
"""orders somebody still works on, by what an index can know: drafts, accepted, running and suspended ones"""


TICKING = Q(clock_at__isnull=False)
"""orders on which a clock runs; all of them still move"""


class OrderType(CatalogueRow):
    """A kind of customer passage, e.g. 散户报装通气, with its stages (OT-…)."""

    industry = models.CharField(max_length=12, default="all")
    segments = models.JSONField(default=list)
    body = models.JSONField(default=dict)


class StageType(Named):
    """One stage of an order type: touchpoint, department, promise, key points, probes and guards."""

    order_type = models.ForeignKey(OrderType, on_delete=models.PROTECT, related_name="stage_types")
    code = models.CharField(max_length=40)
    seq = models.PositiveSmallIntegerField()
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+")
    process = models.ForeignKey(Process, null=True, on_delete=models.PROTECT, related_name="+")
    department_code = models.CharField(max_length=20)
    standard = models.ForeignKey(Standard, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    promise_kind = models.CharField(max_length=12)
    """within, window, ahead, tolerance, cycle, manual"""
    promise_value = models.JSONField(null=True)
    promise_unit = models.CharField(max_length=8, blank=True)
    key_points = models.ManyToManyField(KeyPoint, related_name="+")
    probes = models.JSONField(default=list)
    guards = models.JSONField(default=list)
    optional = models.BooleanField(default=False)
    parallel = models.BooleanField(default=False)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["order_type", "seq"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["order_type", "code"], name="stage_type_once")]


def pool_of(user: User) -> int | None:
    """The department whose unassigned stages the team of `user` may take: the unit right above the team, or None."""
    grant = user.active_grant
    if grant is None or grant.unit.kind != UnitKind.TEAM or grant.unit.parent_id == grant.unit.company_id:
        return None
    return grant.unit.parent_id


def stage_units(user: User) -> list[int]:
    """Units whose stages `user` sees by a reach of units: the own one, those below it, and the pool above a team."""
    units = set(scope_of(user).unit_ids)
    pool = pool_of(user)
    return sorted(units | {pool}) if units and pool else sorted(units)


class OrderQuerySet(models.QuerySet["Order"]):
    def visible_to(self, user: User) -> "OrderQuerySet":
        """Orders the person's unit opened or works a stage of, the own ones, or all inside company or group reach."""
        scope = scope_of(user)
        if not scope.unit_ids:
            return self.filter(scope.rows(own=("owner",)))
        # one set of keys: joined by OR these conditions would be asked of every order of the table, one by one
        orders, stages = Order.objects.order_by(), Stage.objects.order_by()
        reached = orders.filter(unit_id__in=sorted(scope.unit_ids)).values("pk")
        return self.filter(
            pk__in=reached.union(
                orders.filter(owner_id=user.pk).values("pk"),
                stages.filter(unit_id__in=stage_units(user)).values("order_id"),
                stages.filter(assignee_id=user.pk).values("order_id"),
            )
        )

    def listed_for(self, user: User) -> "OrderQuerySet":
        """The rows of `visible_to` inside the person's company, asked order by order: for lists that walk an index
        and stop after a page. A set of keys would be made whole first, however large the table.
        """
        scope, grant = scope_of(user), user.active_grant
        if scope.everything or scope.blind or grant is None or grant.unit.company_id is None:
            return self.visible_to(user)
        inside = self.filter(company_id=grant.unit.company_id)
        if not scope.unit_ids:
            return inside.visible_to(user)
        theirs = Q(unit_id__in=stage_units(user)) | Q(assignee_id=user.pk)
        touched = Stage.objects.order_by().filter(theirs, order=OuterRef("pk")).values("pk")[:1]
        # not EXISTS: PostgreSQL might answer that for all stages of the table at once
        own = Q(unit_id__in=sorted(scope.unit_ids)) | Q(owner_id=user.pk) | Q(touched__isnull=False)
        return inside.alias(touched=Subquery(touched)).filter(own)


class Order(models.Model):
    """One customer's passage through the stages of an order type (workflows.md §1)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    """the unit that took the order in"""
    order_type = models.ForeignKey(OrderType, on_delete=models.PROTECT, related_name="orders", db_index=False)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    anonymous_reason = models.CharField(max_length=200, blank=True)
    premises = models.ForeignKey(Premises, null=True, blank=True, on_delete=models.PROTECT, related_name="orders")
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="households", db_index=False
    )
    """the contract order a household belongs to"""
    title = models.CharField(max_length=120, blank=True)
    """what the work is, where the type and the address do not say it, e.g. the estate of a contract"""
    state = models.CharField(max_length=12, choices=OrderState.choices, default=OrderState.DRAFT)
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """first-asked owner (X2)"""
    created_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)
    """expected finish told to the customer at acceptance; never moved silently"""
    expected_at = models.DateTimeField(null=True)
    """today's expectation: promise moved by pauses and late stages"""
    clock_at = models.DateTimeField(null=True)
    """the nearest due time that runs, of an open stage or of the order itself; empty once the order is over"""
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=300, blank=True)
    client_key = models.UUIDField(null=True, unique=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["company", "state", "-created_at"], name="order_company_state"),
            models.Index(fields=["customer", "-created_at"], name="order_customer"),
            models.Index(fields=["-created_at", "-id"], name="order_newest"),
            models.Index(fields=["company", "promised_at"], name="order_promised"),
            # lists of orders somebody still works on; SQLite cannot match a list of states
            models.Index(fields=["company", "clock_at", "id"], name="order_moving_urgent", condition=TICKING),
            models.Index(fields=["clock_at", "id"], name="order_moving_urgent_all", condition=TICKING),
            models.Index(fields=["company", "-created_at", "-id"], name="order_moving_new", condition=STILL_MOVING),
            models.Index(fields=["-id"], name="order_titled", condition=Q(title__gt="")),
            models.Index(fields=["parent"], name="order_parent", condition=Q(parent__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Order number, e.g. DD-26-104518."""
        return number("DD", self.created_at, self.pk)


class StageQuerySet(models.QuerySet["Stage"]):
    def visible_to(self, user: User) -> "StageQuerySet":
        """Stages the person's unit or its department works, the person's own, or all inside company or group reach."""
        inside = scope_of(user).rows(own=("assignee",))
        pool = pool_of(user) if scope_of(user).unit_ids else None
        return self.filter(inside | Q(unit_id=pool) if pool else inside)


class Stage(models.Model):
    """A stage of one order. The promise is frozen when the order is accepted (O2)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="stages", db_index=False)
    stage_type = models.ForeignKey(StageType, on_delete=models.PROTECT, related_name="+", db_index=False)
    seq = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    """2 and more for rework after a reopened order (O16)"""
    state = models.CharField(max_length=10, choices=StageState.choices, default=StageState.PENDING)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    assignee = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    promise_kind = models.CharField(max_length=12)
    promise_value = models.JSONField(null=True)
    promise_unit = models.CharField(max_length=8, blank=True)
    forecast_at = models.DateTimeField(null=True)
    """when the stage should end if every stage before it takes its promise; told at acceptance"""
    started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    """set once at the start of the stage, moved only by pauses"""
    first_due_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    needed = models.BooleanField(null=True)
    """optional stages only: whether this order needs the stage; empty until somebody decided (O5)"""
    appointed_at = models.DateTimeField(null=True)
    """moment agreed with the customer (or announced to all); promises of kind tolerance, ahead, manual hang on it"""
    reason = models.CharField(max_length=300, blank=True)
    """why skipped or failed, why an optional stage is needed"""

    objects = StageQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["order", "round", "seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "round", "stage_type"], name="stage_once"),
            models.CheckConstraint(
                name="stage_ends_after_start",
                condition=Q(ended_at=None) | Q(started_at=None) | Q(ended_at__gte=F("started_at")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["unit", "due_at"], name="stage_open_by_unit", condition=Q(state__in=OPEN_STAGE_STATES)
            ),
            models.Index(fields=["company", "due_at"], name="stage_due"),
            # the promise page: running ones by due time, and what came to an end late or in time
            models.Index(
                fields=["company", "due_at"],
                name="stage_running_due",
                condition=Q(ended_at=None, due_at__isnull=False),  # SQLite cannot match a list of states
            ),
            models.Index(
                fields=["company", "ended_at", "stage_type", "unit"],
                name="stage_ended_too_late",
                condition=Q(ended_at__gt=F("due_at")),
            ),
            models.Index(
                fields=["company", "ended_at", "stage_type", "unit"],
                name="stage_ended_in_time",
                condition=Q(state=StageState.DONE, ended_at__lte=F("due_at")),
            ),
            # the heat map and the rows behind its cells
            models.Index(
                fields=["company", "stage_type", "ended_at"], name="stage_passed", condition=Q(ended_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}/{self.seq}"


class StagePause(models.Model):
    """A stretch in which the clock of a stage stood still (metrics.md 0.5)."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="pauses")
    reason = models.CharField(max_length=20, choices=PauseReason.choices)
    note = models.CharField(max_length=300, blank=True)
    started_at = models.DateTimeField()
    started_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    approved_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    auto_end_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage"], name="one_open_pause", condition=Q(ended_at=None)),
        ]
        indexes: ClassVar = [
            models.Index(fields=["auto_end_at"], name="pause_auto_end", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} {self.reason}"


class Evidence(models.Model):
    """What proves that a guard of a stage was met. Sealed; a correction is a further row."""

    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="evidence")
    guard = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=EvidenceKind.choices)
    value = models.CharField(max_length=500, blank=True)
    file = models.FileField(upload_to="evidence/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"{self.stage_id} {self.guard}"
