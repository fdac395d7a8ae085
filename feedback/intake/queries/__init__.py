"""Reads of intake: the catalogue for the form, the places feedback is about, lists and details of records."""

from feedback.intake.queries.catalogue import (
    Catalogue,
    Reference,
    Sheet,
    StagePlace,
    catalogue_for,
    forget_catalogue,
    kept_references,
    reference,
    sheet_for,
)
from feedback.intake.queries.places import Found, Place, find_places, key_points_near, my_stages, place_of
from feedback.intake.queries.records import (
    Page,
    Wanted,
    broken_seals,
    digest_of,
    mine,
    page_of,
    record_by_number,
    unit_options,
)

__all__ = [
    "Catalogue",
    "Found",
    "Page",
    "Place",
    "Reference",
    "Sheet",
    "StagePlace",
    "Wanted",
    "broken_seals",
    "catalogue_for",
    "digest_of",
    "find_places",
    "forget_catalogue",
    "kept_references",
    "key_points_near",
    "mine",
    "my_stages",
    "page_of",
    "place_of",
    "record_by_number",
    "reference",
    "sheet_for",
    "unit_options",
]
