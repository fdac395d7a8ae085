"""Experience records: the customer's own words and numbers, sealed the moment they are submitted."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.customers.models import Customer
from cxorders.kit.numbering import number
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from feedback.intake.enums import NoAnswer, Source, WarningLevel
from touchpoints.catalogue.models import FeedbackMethod, KeyPoint, Question, Touchpoint
from touchpoints.orders.models import Order, Stage


class RecordQuerySet(models.QuerySet["Record"]):
    def visible_to(self, user: User) -> "RecordQuerySet":
        """X1: collector, both units with their teams, company and group see a record from the moment it exists."""
        return self.filter(scope_of(user).rows(unit=("unit", "collector_unit"), own=("collector",)))


class Record(models.Model):
    """One experience record. The database refuses UPDATE and DELETE; corrections are `Note` rows (F3)."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    """unit responsible for what the customer felt, at the event time (C5)"""
    collector = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    collector_unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    method = models.ForeignKey(FeedbackMethod, on_delete=models.PROTECT, related_name="+", db_index=False)
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="records", db_index=False)
    anonymous_reason = models.CharField(max_length=200, blank=True)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="records", db_index=False)
    stage = models.ForeignKey(Stage, null=True, on_delete=models.PROTECT, related_name="records")
    touchpoint = models.ForeignKey(Touchpoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    key_point = models.ForeignKey(KeyPoint, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    rating = models.PositiveSmallIntegerField(null=True)
    """overall item, 1–5 (metrics.md 0.7)"""
    no_answer = models.CharField(max_length=12, choices=NoAnswer.choices, blank=True)
    verbatim = models.TextField(blank=True)
    negative = models.BooleanField(default=False)
    """F4: opens or joins an issue"""
    negative_reason = models.CharField(max_length=40, blank=True)
    """which rule of F4 made it negative: rating, answer, ticked, warning_red …"""
    late = models.BooleanField(default=False)
    """submitted more than the method's limit after the event (F2)"""
    safety = models.BooleanField(default=False)
    warning_level = models.CharField(max_length=8, choices=WarningLevel.choices, default=WarningLevel.NONE)
    warning_score = models.DecimalField(max_digits=4, decimal_places=1, default=0)
    digest = models.CharField(max_length=64)
    """SHA-256 of the canonical record, shown as check code"""
    client_key = models.UUIDField(unique=True)
    """X10: one submission, one record, however often it is sent"""

    objects = RecordQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="record_rating_1_to_5", condition=Q(rating=None) | Q(rating__range=(1, 5))),
            models.CheckConstraint(
                name="record_has_answer", condition=Q(rating__isnull=False) | ~Q(no_answer="") | ~Q(verbatim="")
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "-submitted_at"], name="record_company"),
            models.Index(fields=["unit", "-submitted_at"], name="record_unit"),
            models.Index(fields=["collector", "-submitted_at"], name="record_collector"),
            # the second column finds what was handed in for an earlier month (C4)
            models.Index(fields=["-submitted_at", "occurred_at"], name="record_handed_in"),
            # covers the counting of a month's answers, so that it reads no rows
            models.Index(
                fields=["occurred_at", "submitted_at", "unit", "source", "rating", "order", "customer", "id"],
                name="record_answers",
            ),
            models.Index(fields=["order"], name="record_order", condition=Q(order__isnull=False)),
            models.Index(
                fields=["customer", "-submitted_at"], name="record_customer", condition=Q(customer__isnull=False)
            ),
            models.Index(fields=["company", "-submitted_at"], name="record_negative", condition=Q(negative=True)),
            # late reports of a month (M34)
            models.Index(fields=["occurred_at"], name="record_late", condition=Q(late=True)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Record number, e.g. TY-26-00812."""
        return number("TY", self.submitted_at, self.pk)

    @property
    def check_code(self) -> str:
        """The first twelve digits of the digest in groups of four, as printed under the words."""
        return " ".join(self.digest[i : i + 4] for i in (0, 4, 8))


class Answer(models.Model):
    """The answer to one question of the key point. Sealed with its record."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="+", db_index=False)
    number_value = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    """csat5 1–5, ces7 1–7, nps 0–10, yn 1 = yes 0 = no, num the figure"""
    text_value = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["record", "question"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.record_id}/{self.question_id}"


class Attachment(models.Model):
    """A photo or file given with a record. Sealed with it."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="attachments")
    file = models.FileField(upload_to="records/%Y/%m/")
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.record_id} {self.content_type}"


class Note(models.Model):
    """A remark appended under a record: the only way to correct one. Sealed."""

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.record_id} {self.at:%Y-%m-%d %H:%M}"
