"""Appointments with customers at their door, the places a crew has for them, and what proves that nobody opened."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.appointments.enums import OPEN_STATES, AppointmentState, Half, Outcome
from touchpoints.orders.enums import AskedBy
from touchpoints.orders.models import Order, Stage


class CrewCapacity(models.Model):
    """The places of a crew in one half-day; the row is also the lock under which places are given away."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the crew"""
    day = models.DateField()
    half = models.CharField(max_length=2, choices=Half.choices)
    places = models.PositiveSmallIntegerField(null=True, blank=True)
    """empty: as many as the crew usually has"""

    class Meta:
        verbose_name_plural = "crew capacities"
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "day", "half"], name="crew_half_day_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.day} {self.half}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: User) -> "AppointmentQuerySet":
        """Appointments of crews in reach, those the person booked, and those of orders the person sees."""
        scope = scope_of(user)
        inside = scope.rows(own=("booked_by",))
        if not scope.unit_ids:
            return self.filter(inside)
        return self.filter(inside | Q(order__in=Order.objects.visible_to(user).order_by().values("pk")))


class Appointment(models.Model):
    """One visit promised to one customer: a crew, a day, a window. Ended ones are never opened again."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """the crew"""
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="appointments")
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="appointments")
    follows = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="followed_by", db_index=False
    )
    """the appointment this one replaces or repeats"""
    visit = models.PositiveSmallIntegerField(default=1)
    """2 and more for a repeat visit of the same stage; a moved appointment keeps its number"""
    state = models.CharField(max_length=10, choices=AppointmentState.choices, default=AppointmentState.BOOKED)
    outcome = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    """how it counts (M12); empty until it is over"""
    day = models.DateField()
    half = models.CharField(max_length=2, choices=Half.choices)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    """what the crew should know: gate, floor, dog"""
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    """by the device of the crew"""
    received_at = models.DateTimeField(null=True)
    """when the arrival reached us; later than `arrived_at` where the phone had no network"""
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    ended_at = models.DateTimeField(null=True)
    asked_by = models.CharField(max_length=10, choices=AskedBy.choices, blank=True)
    """who wanted it moved or cancelled"""
    reason = models.CharField(max_length=300, blank=True)
    client_key = models.UUIDField(null=True, unique=True)
    arrival_key = models.UUIDField(null=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["stage"], name="one_open_appointment", condition=Q(state__in=OPEN_STATES)),
            models.CheckConstraint(name="appointment_has_a_window", condition=Q(ends_at__gt=F("starts_at"))),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit", "day", "half"], name="appointment_crew_day"),
            models.Index(fields=["company", "day"], name="appointment_company_day"),
            models.Index(fields=["starts_at"], name="appointment_open", condition=Q(state__in=OPEN_STATES)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Number of the appointment, e.g. YY-26-00412."""
        return number("YY", self.booked_at, self.pk)


class NoAccess(models.Model):
    """What a crew left behind at a closed door (M12). Sealed; counts as kept only with call, photo and place."""

    appointment = models.OneToOneField(Appointment, on_delete=models.PROTECT, related_name="no_access")
    called_at = models.DateTimeField(null=True)
    call_note = models.CharField(max_length=200, blank=True)
    photo = models.FileField(upload_to="appointments/%Y/%m/", blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    place = models.CharField(max_length=200, blank=True)
    latitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    longitude = models.DecimalField(max_digits=9, decimal_places=6, null=True)
    by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    client_key = models.UUIDField(null=True, unique=True)

    class Meta:
        verbose_name_plural = "no access"

    def __str__(self) -> str:
        return f"{self.appointment_id}"

    @property
    def is_complete(self) -> bool:
        """Whether the call, the photo of the door and the place are all there."""
        return self.called_at is not None and bool(self.photo) and bool(self.place or self.latitude is not None)
