"""News of experience records."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class RecordLocked:
    """F3: a record exists, sealed, visible at every level. `negative` says that F4 applies."""

    record_id: int
    company_id: int
    unit_id: int
    key_point_id: int
    occurred_at: datetime
    negative: bool
    at: datetime
    by_id: int | None
