"""News of call-backs."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class CallbackFinished:
    """C7–C9: the customer answered, refused, or could not be reached after the full rule."""

    callback_id: int
    at: datetime
    by_id: int | None
