"""Reads of computed values and rollups. Dashboards use, with `scope = scope_of(request.user)` and local days:

    until = as_of(now)                                            # 数据截至; due-based figures end with the day before
    now_, then = totals(scope, first, last, as_of=until), totals(scope, *before(first, last), as_of=until)
    now_.share("M11")                                             # Share: value, low, high in percent, n
    change(now_, then, "M11")                                     # Judged: verdict, direction, text (M56)
    trend(scope, "M15", first, last, as_of=until, step="month")   # [Point(day, share)], also csat_trend …
    csat_by_key_point(scope, first, last, unit=department)        # heat map, the most painful first
    company_table("M15", first, last, as_of=until, target=90.0)   # companies side by side with twelve months
    marks_for("M11")                                              # floor, target, stretch of the catalogue

`totals`, `trend` and `csat_by_key_point` take `unit=` to narrow the scope to a unit and what lies below it.
Live figures count every answer; the month's official M01 also drops answers replaced within 24 hours.
"""

from kpi.metrics.queries.companies import CompanyRow, CompanyTable, company_table
from kpi.metrics.queries.marks import Marks, kpi_rows, marks_for, marks_of
from kpi.metrics.queries.paging import PARTS, Row, Rows
from kpi.metrics.queries.pain import Pain, csat_by_key_point
from kpi.metrics.queries.rows import rows_behind, size_of
from kpi.metrics.queries.runs import MonthRuns, runs_of, share_of, values_of
from kpi.metrics.queries.shares import NOTHING, Judged, Share, judged
from kpi.metrics.queries.tallies import (
    EVERYTHING,
    Point,
    Totals,
    as_of,
    before,
    change,
    closure_trend,
    csat_trend,
    months,
    on_time_trend,
    totals,
    trend,
)

__all__ = [
    "EVERYTHING",
    "NOTHING",
    "PARTS",
    "CompanyRow",
    "CompanyTable",
    "Judged",
    "Marks",
    "MonthRuns",
    "Pain",
    "Point",
    "Row",
    "Rows",
    "Share",
    "Totals",
    "as_of",
    "before",
    "change",
    "closure_trend",
    "company_table",
    "csat_by_key_point",
    "csat_trend",
    "judged",
    "kpi_rows",
    "marks_for",
    "marks_of",
    "months",
    "on_time_trend",
    "rows_behind",
    "runs_of",
    "share_of",
    "size_of",
    "totals",
    "trend",
    "values_of",
]
