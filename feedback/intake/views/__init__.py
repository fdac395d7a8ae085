"""Pages of intake: the record form, the lists, one record."""

from feedback.intake.views.lists import mine, records
from feedback.intake.views.one import detail, note, photo
from feedback.intake.views.rating import rate_stage
from feedback.intake.views.recording import find, new

__all__ = ["detail", "find", "mine", "new", "note", "photo", "rate_stage", "records"]
