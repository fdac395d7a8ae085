"""Imports: the file as it was handed in, what each column means, what was wrong, what was made of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from cxorders.kit.numbering import number
from cxorders.organisation.access import may
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from cxorders.transfer.enums import AT_WORK, TAKEN_BACK, BatchState

READ = "import.read"


class BatchQuerySet(models.QuerySet["Batch"]):
    def visible_to(self, user: User) -> "BatchQuerySet":
        """Imports into the company of the person; from the group every import. Only for people who may read imports:
        a system administrator runs imports although other business content stays closed to the role."""
        grant = user.active_grant
        if grant is None or not user.is_active or not may(user, READ):
            return self.none()
        if grant.unit.company_id is None or scope_of(user).everything:
            return self
        return self.filter(company_id=grant.unit.company_id)


class Batch(models.Model):
    """One file on its way into the product, kept as evidence of where its rows came from."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    """code of the kind of rows, see `kinds`"""
    state = models.CharField(max_length=10, choices=BatchState.choices, default=BatchState.UPLOADED)
    file = models.FileField(upload_to="imports/%Y/%m/")
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    """bytes"""
    headers = models.JSONField(default=list)
    samples = models.JSONField(default=list)
    """the first values of each column, for the page where columns are matched"""
    mapping = models.JSONField(default=dict)
    """code of a column → place in `headers`"""
    total = models.PositiveIntegerField(default=0)
    """rows of data; known after the first check"""
    bad = models.PositiveIntegerField(default=0)
    loaded = models.PositiveIntegerField(default=0)
    mark = models.PositiveIntegerField(default=0)
    """the last row of the file the running phase is through with; moves in the transaction of the rows it stands for"""
    cleared = models.BooleanField(default=False)
    """the undo that runs has asked every row, and none was in use"""
    taken_back = models.PositiveIntegerField(default=0)
    """rows an undo has taken back; moves in the transaction that removes them"""
    removed = models.JSONField(default=dict)
    """label of a model → how many of its rows went with them"""
    tries = models.PositiveSmallIntegerField(default=0)
    """times the worker began since the mark last moved"""
    seen_at = models.DateTimeField(null=True)
    """last sign of life of the worker"""
    problem = models.JSONField(null=True)
    """why it failed or why an undo was refused: {"code": …, values}"""
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    loaded_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    """whoever said that the good rows shall be loaded"""
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.CharField(max_length=300, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "batches"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["company", "kind", "sha256"], name="import_file_once", condition=~Q(state__in=TAKEN_BACK)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["company", "-id"], name="import_company_newest"),
            models.Index(fields=["seen_at"], name="import_at_work", condition=Q(state__in=AT_WORK)),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Number of the import, e.g. DR-26-00012."""
        return number("DR", self.created_at, self.pk)

    @property
    def mark_is_final(self) -> bool:
        """Whether the load went through the whole file."""
        return self.started_at is not None and self.loaded + self.taken_back + self.bad >= self.total

    @property
    def good(self) -> int:
        """Rows without an error, as far as they are checked."""
        return self.total - self.bad


class RowError(models.Model):
    """What is wrong with one row of a file; the words are made when somebody reads them, in the reader's language."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="errors", db_index=False)
    row = models.PositiveIntegerField()
    """row number as Excel shows it"""
    problems = models.JSONField()
    """list of [column code or "", message code, values]"""

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "row"], name="import_row_error_once")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row}"


class Made(models.Model):
    """One thing an import made or changed, so that exactly this can be taken back."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="made", db_index=False)
    row = models.PositiveIntegerField()
    model = models.CharField(max_length=40)
    """label of the model, e.g. cxorders.customer"""
    object_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    """what must be put back where the thing was not made but changed"""

    class Meta:
        verbose_name_plural = "made"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["batch", "model", "object_id"], name="import_made_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["batch", "row"], name="import_made_by_row")]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.row} {self.model} {self.object_id}"


class ColumnMemory(models.Model):
    """How a company matched the columns of a table with these headings; offered again for the next file like it."""

    company = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=20)
    headings = models.CharField(max_length=64)
    """SHA-256 of the sorted headings"""
    mapping = models.JSONField()
    """code of a column → heading"""
    used_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "column memories"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["company", "kind", "headings"], name="import_headings_once"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} {self.kind}"
