"""In-home service: first-time fix, safety inspection and hazards (metrics 3: M46, M52)."""

from dataclasses import dataclass

from kpi.formulas.figures import Figure, proportion, shares


@dataclass(frozen=True, kw_only=True)
class SafetyCoverage(Figure):
    """M46: the official value is `coverage_entry`."""

    households: int
    entered: int
    no_access_evidenced: int
    refused: int
    hazard_found: int
    hazard_closed: int
    coverage_entry: float | None
    coverage_service: float | None
    hazard_rate: float | None
    hazard_closure: float | None


def m46_safety_coverage(
    households: int,
    entered: int,
    no_access_evidenced: int = 0,
    hazard_found: int = 0,
    hazard_closed: int = 0,
    refused: int = 0,
) -> SafetyCoverage:
    """M46 安检覆盖率、隐患整改率: households really inspected/due (official), with evidenced no access/due.

    Hazards per inspected household; hazards closed by their due time/found and due (`hazard_found`).
    """
    parts = shares(
        coverage_entry=(entered, households),
        coverage_service=(entered + no_access_evidenced, households),
        hazard_closure=(hazard_closed, hazard_found),
    )
    return SafetyCoverage(
        **proportion(entered, households),
        shares=parts,
        households=households,
        entered=entered,
        no_access_evidenced=no_access_evidenced,
        refused=refused,
        hazard_found=hazard_found,
        hazard_closed=hazard_closed,
        coverage_entry=parts["coverage_entry"].value,
        coverage_service=parts["coverage_service"].value,
        hazard_rate=hazard_found / entered if entered else None,  # a house can have several hazards
        hazard_closure=parts["hazard_closure"].value,
    )


@dataclass(frozen=True, kw_only=True)
class FirstFix(Figure):
    """M52: the official value is `rate`."""

    visits: int
    fixed_first: int
    revisit_same30: int
    no_parts: int
    rate: float | None
    repeat_entry: float | None


def m52_first_fix(visits: int, fixed_first: int, revisit_same30: int, no_parts: int) -> FirstFix:
    """M52 一次修复率、重复入户率: repair visits without a visit for the same cause within 30 CD/mature repair visits.

    Repeat entry: (revisits for the same cause + revisits because parts were missing)/visits.
    """
    parts = shares(rate=(fixed_first, visits), repeat_entry=(revisit_same30 + no_parts, visits))
    return FirstFix(
        **proportion(fixed_first, visits),
        shares=parts,
        visits=visits,
        fixed_first=fixed_first,
        revisit_same30=revisit_same30,
        no_parts=no_parts,
        rate=parts["rate"].value,
        repeat_entry=parts["repeat_entry"].value,
    )
