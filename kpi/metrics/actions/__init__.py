"""Verbs of metrics: compute a month, count rollups."""

from kpi.metrics.actions.computing import begin_run, carry_out, compute_due, compute_period, give_up
from kpi.metrics.actions.rollups import mark_issue, mark_record, rebuild_rollups, refresh_rollups

__all__ = [
    "begin_run",
    "carry_out",
    "compute_due",
    "compute_period",
    "give_up",
    "mark_issue",
    "mark_record",
    "rebuild_rollups",
    "refresh_rollups",
]
