"""News of promises; ids only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class StageExempted:
    """The level above has left a breach out of the figures."""

    exemption_id: int
    stage_id: int
    at: datetime
