"""F3: the only way to correct a record is to append to it."""

from datetime import datetime

from django.db import transaction

from cxorders.journal.actions import record as journal
from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import User
from feedback.intake.actions.checks import clean_text
from feedback.intake.models import Note, Record


class EmptyNote(BusinessError):
    """A note without words."""

    code = "record_empty_note"
    zh = "请写下要追加的说明。"
    en = "Write the note you want to append."


def append_note(record: Record, *, by: User, at: datetime, text: str) -> Note:
    """Append a note under `record`; the record itself stays as it is. Journal row `record.noted`.

    Raises EmptyNote, TextTooLong, UnreadableText.
    """
    words = clean_text(text, "text")
    if not words:
        raise EmptyNote(field="text")
    with transaction.atomic():
        note = Note.objects.create(record=record, author=by, text=words, at=at)
        journal(record, "record.noted", by=by, at=at, note=note.pk)
    return note
