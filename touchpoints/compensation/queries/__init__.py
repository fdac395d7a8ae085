"""Reads of compensations."""

from touchpoints.compensation.queries.broken import Candidate, candidates, is_exempted
from touchpoints.compensation.queries.listing import (
    OrderCompensations,
    Tally,
    compensation_by_number,
    order_panel,
    page_of,
    tallies,
)
from touchpoints.compensation.queries.terms import CompanyLine, TermsLine, companies_on, in_force, terms_lines, today_of

__all__ = [
    "Candidate",
    "CompanyLine",
    "OrderCompensations",
    "Tally",
    "TermsLine",
    "candidates",
    "companies_on",
    "compensation_by_number",
    "in_force",
    "is_exempted",
    "order_panel",
    "page_of",
    "tallies",
    "terms_lines",
    "today_of",
]
