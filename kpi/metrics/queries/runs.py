"""Computed months: which run counts, which came before it, and the values of units."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from kpi.metrics.enums import RunState
from kpi.metrics.models import ComputeRun, MetricValue
from kpi.metrics.periods import Month
from kpi.metrics.queries.shares import Share


@dataclass(frozen=True)
class MonthRuns:
    """What is known about a month: every run, the newest first."""

    runs: list[ComputeRun]

    @property
    def finished(self) -> list[ComputeRun]:
        """The versions, the newest first."""
        return [run for run in self.runs if run.state == RunState.FINISHED]

    @property
    def newest(self) -> ComputeRun | None:
        """The run whose values count."""
        return next(iter(self.finished), None)

    @property
    def running(self) -> ComputeRun | None:
        """The run under way."""
        return next((run for run in self.runs if run.state == RunState.RUNNING), None)

    @property
    def failed(self) -> ComputeRun | None:
        """The last run, when it failed."""
        last = next(iter(self.runs), None)
        return last if last is not None and last.state == RunState.FAILED else None

    def version_of(self, run: ComputeRun) -> int:
        """The number of a finished run among those of its month, the first one is 1."""
        keys = [each.pk for each in self.finished]
        return len(keys) - keys.index(run.pk)


def runs_of(month: Month) -> MonthRuns:
    """Every run of a month."""
    rows = ComputeRun.objects.filter(period=str(month)).select_related("by").order_by("-started_at", "-pk")
    return MonthRuns(list(rows))


def values_of(run: ComputeRun | None, units: Collection[int]) -> dict[int, dict[str, MetricValue]]:
    """Unit key → metric code → its value in `run`; a unit without cases has none."""
    found: dict[int, dict[str, MetricValue]] = defaultdict(dict)
    if run is not None:
        for value in MetricValue.objects.filter(run=run, unit__in=units).order_by("pk"):
            found[value.unit_id][value.code] = value
    return dict(found)


def share_of(value: MetricValue | None) -> Share:
    """A stored value as a share in percent; nothing where there is none."""
    if value is None:
        return Share.of(0, 0)
    low, high = (None if end is None else float(end) * 100 for end in (value.low, value.high))
    return Share(
        value.numerator, value.denominator, None if value.value is None else float(value.value) * 100, low, high
    )
