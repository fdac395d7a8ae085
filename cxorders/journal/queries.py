"""Reading the journal."""

from django.db import models
from django.db.models import QuerySet

from cxorders.journal.models import Entry


def timeline(subject: models.Model) -> QuerySet[Entry]:
    """Everything that happened to `subject`, newest first."""
    return Entry.objects.filter(subject_label=subject._meta.label_lower, subject_id=subject.pk).order_by("-at", "-pk")
