"""Reads of expected feedback."""

from feedback.probes.queries.owed import Covered, Expected, Owed, Page, Wanted, counts_for, has_duty
from feedback.probes.queries.reads import answers, heard_by, probe_of, unheard
from feedback.probes.queries.telling import marks_of_stages

__all__ = [
    "Covered",
    "Expected",
    "Owed",
    "Page",
    "Wanted",
    "answers",
    "counts_for",
    "has_duty",
    "heard_by",
    "marks_of_stages",
    "probe_of",
    "unheard",
]
