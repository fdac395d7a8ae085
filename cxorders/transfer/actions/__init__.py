"""Verbs of imports: what people do (handing), what the worker does (running, undoing)."""

from cxorders.transfer.actions.handing import ask_undo, discard, hand_in, match_columns, start_loading
from cxorders.transfer.actions.refusing import (
    AlreadyHandedIn,
    ColumnsMissing,
    ColumnTwice,
    KindUnknown,
    NothingToLoad,
    Overtaken,
    ReasonMissing,
    SomeLoaded,
)
from cxorders.transfer.actions.running import carry_out, fail, load_chunk

__all__ = [
    "AlreadyHandedIn",
    "ColumnTwice",
    "ColumnsMissing",
    "KindUnknown",
    "NothingToLoad",
    "Overtaken",
    "ReasonMissing",
    "SomeLoaded",
    "ask_undo",
    "carry_out",
    "discard",
    "fail",
    "hand_in",
    "load_chunk",
    "match_columns",
    "start_loading",
]
