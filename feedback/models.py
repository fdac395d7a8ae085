"""Index for Django only: nobody imports this module, everybody imports the capability."""

from feedback.callbacks.models import Attempt, Callback, ScriptAnswer
from feedback.contacts.models import Contact
from feedback.intake.models import Answer, Attachment, Note, Record
from feedback.issues.models import Issue, IssuePause, IssueRecord, Round
from feedback.probes.models import Probe

__all__ = [
    "Answer",
    "Attachment",
    "Attempt",
    "Callback",
    "Contact",
    "Issue",
    "IssuePause",
    "IssueRecord",
    "Note",
    "Probe",
    "Record",
    "Round",
    "ScriptAnswer",
]
