"""Index for Django only: nobody imports this module, everybody imports the capability."""

from kpi.metrics.models import (
    ComputeRun,
    CountedRound,
    DirtyBucket,
    DirtyIssue,
    IssueRollup,
    MetricValue,
    MonthRollup,
    RecordRollup,
    RollupTurn,
)

__all__ = [
    "ComputeRun",
    "CountedRound",
    "DirtyBucket",
    "DirtyIssue",
    "IssueRollup",
    "MetricValue",
    "MonthRollup",
    "RecordRollup",
    "RollupTurn",
]
