"""News of orders."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class OrderAccepted:
    """O2: promises frozen, the expected finish told to the customer."""

    order_id: int
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class StageStarted:
    """O5: a stage became active."""

    stage_id: int
    at: datetime


@dataclass(frozen=True)
class StageAppointed:
    """A moment was agreed with the customer for a stage, or announced."""

    stage_id: int
    appointed_at: datetime
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class StageEnded:
    """O8–O10: a stage is done, failed or skipped; `state` says which."""

    stage_id: int
    state: str
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class OrderDone:
    """O12/O14: the last service stage is done and the order is being observed; base of the call-back windows."""

    order_id: int
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class OrderEnded:
    """O3, O13, O15: rejected, cancelled or closed; `state` says which."""

    order_id: int
    state: str
    at: datetime
    by_id: int | None


@dataclass(frozen=True)
class StagesLoaded:
    """Stages that had ended elsewhere came in by an import, or went with its undo; `days` on which they ended and were
    due, in the zone of the business. One for a thousand orders, in place of as many StageEnded.
    """

    company_id: int
    days: frozenset[date]
    at: datetime
