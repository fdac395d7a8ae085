"""Floor, target and stretch of the indicators, from the catalogue."""

from dataclasses import dataclass
from typing import Any

from kpi.metrics.definitions import INDICATORS
from touchpoints.catalogue.queries import section


@dataclass(frozen=True)
class Marks:
    """Where 0, 100 and 120 points lie, in the unit of the indicator (percent for shares)."""

    floor: float
    target: float
    stretch: float
    up: bool = True


def kpi_rows() -> dict[str, dict[str, Any]]:
    """KPI code → its row in the catalogue, for the indicators this product computes; empty before a catalogue is
    loaded."""
    wanted = {indicator.kpi for indicator in INDICATORS.values()}
    return {row["code"]: row for row in section("kpis") or [] if row["code"] in wanted}


def marks_of(row: dict[str, Any]) -> Marks:
    """The marks in a row of the catalogue."""
    return Marks(float(row["floor"]), float(row["target"]), float(row["stretch"]), row.get("direction") != "down")


def marks_for(code: str) -> Marks | None:
    """The marks in force for the indicator `code` (M01, M11, M15 …); None before a catalogue is loaded."""
    row = kpi_rows().get(INDICATORS[code].kpi)
    return marks_of(row) if row else None
