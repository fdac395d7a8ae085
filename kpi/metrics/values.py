"""From counts to the value of an indicator: which answers are official, what was excluded, what is shown beside it.

Pure: counters in, values out, by the formulas of `kpi.formulas`. Counters are additive, so a parent's value is made of
the raw counts of everything below it, never of its children's values (C5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kpi.formulas.closure import m15_closure
from kpi.formulas.display import FULL_FROM
from kpi.formulas.figures import Figure
from kpi.formulas.frontline import m54_probe_coverage
from kpi.formulas.perception import m01_csat
from kpi.formulas.promises import m62_compensation
from kpi.formulas.timeliness import m11_on_time_counts, m34_reporting

Key = tuple[str, ...]
Counts = dict[Key, int]
RATINGS = range(1, 6)
CUSTOMER, STAFF, ALL = "customer", "staff", "all"
MODES = (CUSTOMER, STAFF)
_RATED: Mapping[tuple[str, str], tuple[tuple[int, Key], ...]] = {
    (what, mode): tuple((rating, (what, mode, str(rating))) for rating in RATINGS)
    for what in ("answer", "replaced")
    for mode in MODES
}


@dataclass(frozen=True)
class Value:
    """One indicator of one unit: the figure, what was left out and why, and what else its definition publishes."""

    figure: Figure
    excluded: dict[str, int]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Nothing to count and nothing left out."""
        return not self.figure.denominator and not self.excluded


def csat(counts: Counts) -> Value:
    """M01 from ("answer", mode, rating), ("replaced", mode, rating), ("no_answer", mode), ("late_entry",).

    Official are the answers customers typed themselves when there are at least 30 of them, else all answers together;
    both modes are always given apart (mode effect).
    """
    said = {mode: _by_rating(counts, "answer", mode) for mode in MODES}
    gone = {mode: _by_rating(counts, "replaced", mode) for mode in MODES}
    modes = {mode: {rating: said[mode][rating] - gone[mode][rating] for rating in RATINGS} for mode in MODES}
    own = sum(modes[CUSTOMER].values())
    official = CUSTOMER if own >= FULL_FROM else ALL
    together = {rating: modes[CUSTOMER][rating] + modes[STAFF][rating] for rating in RATINGS}
    counted = (CUSTOMER,) if official == CUSTOMER else MODES
    excluded = {
        "replaced": sum(sum(gone[mode].values()) for mode in counted),
        "no_answer": sum(counts.get(("no_answer", mode), 0) for mode in MODES),
    }
    if official == CUSTOMER:
        excluded["other_mode"] = sum(said[STAFF].values())
    figure = m01_csat(modes[CUSTOMER] if official == CUSTOMER else together)
    extra = {
        "official": official,
        "answers": {mode: {str(rating): n for rating, n in answers.items()} for mode, answers in modes.items()},
        "mean": figure.mean,
        "sd": figure.sd,
        "index": figure.index,
        "dissatisfied": figure.dissat,
        "late_entry": counts.get(("late_entry",), 0),
    }
    return Value(figure, _present(excluded), extra)


def on_time(counts: Counts) -> Value:
    """M11 from ("due",), ("on_time",), ("overdue_open",), ("rework",), ("moved",), ("exempt", reason)."""
    exempt = _exempt(counts)
    figure = m11_on_time_counts(
        in_period=counts.get(("due",), 0),
        exempt=sum(exempt.values()),
        on_time=counts.get(("on_time",), 0),
        overdue_open=counts.get(("overdue_open",), 0),
        extended=counts.get(("moved",), 0),
    )
    extra = {
        "overdue_open": figure.overdue_open,
        "rework": counts.get(("rework",), 0),
        "moved": figure.extended,
        "moved_share": figure.shares["extended"].value,
    }
    return Value(figure, exempt, extra)


def closure(counts: Counts) -> Value:
    """M15 from ("due",), ("closed_loop",), ("formally_closed",), the four parts and ("exempt", reason)."""
    exempt = _exempt(counts)
    parts = {part: counts.get((part,), 0) for part in ("cause", "action", "replied", "confirmed")}
    figure = m15_closure(
        counts.get(("due",), 0),
        sum(exempt.values()),
        counts.get(("closed_loop",), 0),
        counts.get(("formally_closed",), 0),
        **parts,
    )
    extra = {
        "formally_closed": counts.get(("formally_closed",), 0),
        "formal_share": figure.formal_close,
        "gap": figure.gap,
        **parts,
    }
    return Value(figure, exempt, extra)


def reporting(counts: Counts) -> Value:
    """M34 from ("timely",), ("late",), ("missing",), ("excused",)."""
    timely, late, missing, excused = (counts.get((part,), 0) for part in ("timely", "late", "missing", "excused"))
    figure = m34_reporting(timely, late, missing)
    extra = {"late": late, "late_share": figure.late, "missing": missing, "missing_share": figure.missing}
    return Value(figure, _present({"excused": excused}), extra)


def coverage(counts: Counts) -> Value:
    """M54 from ("required",), ("done",), ("excused", code), ("events",), ("covered",); official: required probes."""
    events, covered, required, done = (counts.get((part,), 0) for part in ("events", "covered", "required", "done"))
    excused = _present({key[1]: n for key, n in counts.items() if key[0] == "excused"})
    figure = m54_probe_coverage(events, covered, required, done)
    return Value(figure, excused, {"events": events, "covered": covered, "coverage": figure.coverage})


def compensated(counts: Counts) -> Value:
    """M62 from ("paid",), ("owed",), ("refused", reason), ("fen",), ("late_fen",); sums in fen, as companies and
    standards pay different amounts. `late_fen` is what was not paid in time, and so is owed once more.
    """
    refused = _present({key[1]: n for key, n in counts.items() if key[0] == "refused"})
    owed, paid, fen, late = (counts.get((part,), 0) for part in ("owed", "paid", "fen", "late_fen"))
    figure = m62_compensation(owed + sum(refused.values()), owed, paid, 0)
    return Value(figure, refused, {"breaches": figure.breaches, "fen": fen, "extra_fen": late})


VALUES: Mapping[str, Callable[[Counts], Value]] = {
    "M01": csat,
    "M11": on_time,
    "M15": closure,
    "M34": reporting,
    "M54": coverage,
    "M62": compensated,
}
"""metric code → how its counts become a value"""


def rolled_up(counts: Mapping[int, Counts], paths: Mapping[int, str], step: int) -> dict[int, Counts]:
    """Counts of every unit with everything below it; `paths` are unit key → path, `step` the digits of one level."""
    key_of = {path: key for key, path in paths.items()}
    whole: dict[int, Counts] = {}
    for unit, own in counts.items():
        path = paths[unit]
        for end in range(step, len(path) + 1, step):
            into = whole.setdefault(key_of[path[:end]], {})
            for key, n in own.items():
                into[key] = into.get(key, 0) + n
    return whole


def _by_rating(counts: Counts, what: str, mode: str) -> dict[int, int]:
    return {rating: counts.get(key, 0) for rating, key in _RATED[what, mode]}


def _exempt(counts: Counts) -> dict[str, int]:
    return _present({key[1]: n for key, n in counts.items() if key[0] == "exempt"})


def _present(excluded: dict[str, int]) -> dict[str, int]:
    return {reason: n for reason, n in excluded.items() if n}
