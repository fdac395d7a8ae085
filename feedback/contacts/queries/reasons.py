"""Reasons and tags of contacts, as the catalogue has them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from touchpoints.catalogue.queries import section


@dataclass(frozen=True)
class Word:
    """One reason or tag: code, name in both languages."""

    code: str
    zh: str
    en: str

    @property
    def name(self) -> str:
        """The name in the active language."""
        return self.en if (get_language() or "").startswith("en") else self.zh


OTHER = Word("CR-OTHER", "其他", "other")
"""all there is where the catalogue of a company has no reasons of its own"""


def _words(name: str) -> list[Word]:
    rows: Any = section(name) or []
    return [Word(str(row["code"]), str(row["zh"]), str(row.get("en") or row["zh"])) for row in rows]


def reasons() -> list[Word]:
    """Why customers reach us, in the order of the catalogue. One query."""
    return _words("contact_reasons") or [OTHER]


def tags_known() -> list[Word]:
    """Tags a contact may carry, in the order of the catalogue. One query."""
    return _words("contact_tags")
