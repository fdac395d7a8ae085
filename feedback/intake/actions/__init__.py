"""Verbs of intake: submit a record, append a note."""

from feedback.intake.actions.draft import RecordDraft
from feedback.intake.actions.note import append_note
from feedback.intake.actions.submit import submit_record

__all__ = ["RecordDraft", "append_note", "submit_record"]
