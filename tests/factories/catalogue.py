"""The product's catalogue for tests: read and checked once per run, written in about 40 ms per test.

    the_catalogue()                                    # everything of the default file, once per test
    key_point("KP-BH-01"), category("IC-HALL-QUEUE"), standard("STD-BH-01"), order_type("OT-RETAIL-INSTALL")

Each of the small readers loads the catalogue first where the test has not done it. `a_file(tmp_path, change=…)`
writes a changed copy of the default file, `load(path)` loads a file with all parts.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.factories.organisation import LONG_AGO
from touchpoints.catalogue import loading
from touchpoints.catalogue.actions import DEFAULT_FILE, load_catalogue
from touchpoints.catalogue.loading import Part
from touchpoints.catalogue.models import (
    CatalogueLoad,
    FeedbackMethod,
    IssueCategory,
    KeyPoint,
    Process,
    Question,
    Section,
    Segment,
    Severity,
    Touchpoint,
)
from touchpoints.catalogue.reading import Document, read
from touchpoints.compensation.loading import PART as COMPENSATION
from touchpoints.orders.loading import PART as ORDER_TYPES
from touchpoints.orders.models import OrderType, StageType
from touchpoints.standards.loading import PART as STANDARDS
from touchpoints.standards.models import Standard

PARTS = (STANDARDS, ORDER_TYPES, COMPENSATION)
EVERYTHING = (Part(loading.check, loading.apply), *PARTS)


def the_catalogue() -> None:
    """Every row of the default file; nothing happens where the test has them already."""
    if Section.objects.exists():
        return
    for part in EVERYTHING:
        part.apply(_document())
    # as a load leaves it: from here on the rows are read once and kept in memory
    CatalogueLoad.objects.create(version="", sha256="", loaded_at=LONG_AGO)


@cache
def _document() -> Document:
    document = read(DEFAULT_FILE.read_bytes())
    problems = [problem for part in EVERYTHING for problem in part.check(document)]
    assert problems == []
    return document


def touchpoint(code: str = "BH") -> Touchpoint:
    the_catalogue()
    return Touchpoint.objects.get(code=code)


def process(code: str = "BH-APPLY") -> Process:
    the_catalogue()
    return Process.objects.get(code=code)


def key_point(code: str = "KP-BH-01") -> KeyPoint:
    the_catalogue()
    return KeyPoint.objects.select_related("process", "touchpoint").get(code=code)


def question(code: str = "KP-BH-01-Q1") -> Question:
    the_catalogue()
    return Question.objects.get(code=code)


def method(code: str = "FM-QR") -> FeedbackMethod:
    the_catalogue()
    return FeedbackMethod.objects.get(code=code)


def severity(code: str = "SEV3") -> Severity:
    the_catalogue()
    return Severity.objects.get(code=code)


def category(code: str = "IC-HALL-QUEUE") -> IssueCategory:
    the_catalogue()
    return IssueCategory.objects.select_related("severity", "group").get(code=code)


def segment(code: str = "RETAIL") -> Segment:
    the_catalogue()
    return Segment.objects.get(code=code)


def standard(code: str = "STD-BH-01") -> Standard:
    the_catalogue()
    return Standard.objects.get(code=code)


def order_type(code: str = "OT-RETAIL-INSTALL") -> OrderType:
    the_catalogue()
    return OrderType.objects.get(code=code)


def stage_type(order_type_code: str = "OT-RETAIL-INSTALL", code: str = "APPLY") -> StageType:
    the_catalogue()
    return StageType.objects.get(order_type__code=order_type_code, code=code)


def a_file(folder: Path, change: Callable[[dict[str, Any]], None] | None = None, name: str = "catalogue.yaml") -> Path:
    """A copy of the default file in `folder`, after `change` was let loose on its sections."""
    loader, dumper = (getattr(yaml, f"C{kind}", getattr(yaml, kind)) for kind in ("SafeLoader", "SafeDumper"))
    sections = yaml.load(DEFAULT_FILE.read_text("utf-8"), Loader=loader)  # noqa: S506
    if change is not None:
        change(sections)
    path = folder / name
    path.write_text(yaml.dump(sections, Dumper=dumper, allow_unicode=True, sort_keys=False), "utf-8")
    return path


def load(path: Path | str = DEFAULT_FILE, **options: Any) -> CatalogueLoad:
    """Load a file with every part, as the command does."""
    return load_catalogue(path, **({"at": LONG_AGO, "parts": PARTS} | options))
