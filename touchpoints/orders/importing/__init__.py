"""Orders out of a table: those still moving, and finished ones as history."""

from touchpoints.orders.importing.kinds import HistoryKind, OrdersKind

__all__ = ["HistoryKind", "OrdersKind"]
