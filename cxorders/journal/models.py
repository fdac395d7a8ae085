"""Append-only record of every action."""

from typing import ClassVar

from django.db import models


class Entry(models.Model):
    """One action: who, did what, to what, when. Sealed by the database; no foreign keys, so it outlives everything."""

    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)
    unit_id = models.BigIntegerField(null=True)
    company_id = models.BigIntegerField(null=True)
    verb = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["subject_label", "subject_id", "at"], name="journal_subject"),
            models.Index(fields=["company_id", "at"], name="journal_company"),
            models.Index(fields=["actor_id", "at"], name="journal_actor"),
            models.Index(fields=["at", "id"], name="journal_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.verb} {self.subject_label} {self.subject_id}"
