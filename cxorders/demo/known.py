"""What the simulation knows of the catalogue: read once, asked a million times."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from cxorders.demo.people import Company, Place
from feedback.callbacks.queries import ScriptItem, script_items
from feedback.callbacks.queries.scripts import CALLBACK_KEY_POINT
from feedback.intake.queries import Reference, reference
from feedback.issues.clocks import CallWindow, Limit
from feedback.issues.queries import (
    ack_limit,
    call_window,
    contact_limit,
    kind_of,
    resolve_limit,
)
from feedback.issues.queries.matching import HAZARD_WORDS
from feedback.routing.queries import FALLBACK_DEPARTMENT, HAZARD_DEPARTMENT
from touchpoints.catalogue.models import FeedbackMethod, IssueCategory, KeyPoint, Question, Severity
from touchpoints.catalogue.queries import categories_for
from touchpoints.orders.actions import frozen_promise
from touchpoints.orders.guards import Guard, guards_of
from touchpoints.orders.models import OrderType, StageType
from touchpoints.orders.promises import Promise
from touchpoints.orders.queries import is_callback, is_per_household

COMPLAINT, REPAIR, GOVERNMENT, SATISFACTION = "CB-02", "CB-04", "CB-05", "CB-01"
VISITS = frozenset({"HS-REPAIR", "HS-CONVERT", "HS-METER", "EC-INDOOR", "EC-DESIGN"})
"""processes for which somebody comes to the customer's home and agrees a time before"""


@dataclass(frozen=True, eq=False)
class Weight:
    """A severity with its limits, as Decimal values of a clock."""

    pk: int
    code: str
    rank: int
    pausable: bool
    ack: Limit
    contact: Limit
    resolve: Limit


@dataclass(frozen=True, eq=False)
class Matter:
    """An issue category: its severity, who answers for it, which call-back verifies it."""

    pk: int
    code: str
    severity: Weight
    department: str
    rule: str


@dataclass(frozen=True, eq=False)
class Point:
    """A key point with its questions in order; `matter` is the category its bad news falls into."""

    pk: int
    code: str
    zh: str
    process: str
    touchpoint: str
    touchpoint_id: int
    department: str
    sensitivity: int
    questions: tuple[Question, ...]
    matter: Matter


@dataclass(frozen=True, eq=False)
class StageKind:
    """A stage type with its frozen promise."""

    pk: int
    code: str
    zh: str
    en: str
    seq: int
    process: str
    touchpoint: str
    department: str
    promise: Promise
    promise_text: str
    """value of the promise as JSON"""
    label: str
    """seq and names as members of a JSON object, for the journal"""
    optional: bool
    callback: bool
    household: bool
    pausable: bool
    visit: bool
    points: tuple[Point, ...]
    first_point: Point | None
    """what a satisfaction call about this stage speaks of; None where it speaks of another stage"""
    probes: tuple[str, ...]
    """methods by which its customer is to be asked"""
    proofs: tuple[Guard, ...]


@dataclass(frozen=True, eq=False)
class OrderKind:
    """An order type with its stages in order."""

    pk: int
    code: str
    zh: str
    segments: tuple[str, ...]
    stages: tuple[StageKind, ...]


class Known:
    """The catalogue of the group. `order_codes`: the order types that are simulated."""

    def __init__(self, order_codes: Mapping[str, int]) -> None:
        self.reference: Reference = reference()
        self.methods = dict(FeedbackMethod.objects.values_list("code", "pk"))
        self.deadlines = {method.code: method for method in FeedbackMethod.objects.all()}
        self.weights = {row.code: _weight(row) for row in Severity.objects.all()}
        self.by_rank = sorted(self.weights.values(), key=lambda weight: weight.rank)
        self.matters = {row.code: self._matter(row) for row in IssueCategory.objects.select_related("severity")}
        rows = (
            KeyPoint.objects.filter(retired=False).exclude(industry="telecom").select_related("process", "touchpoint")
        )
        self.points = {row.pk: self._point(row) for row in rows.order_by("touchpoint__position", "position", "code")}
        self.by_code = {point.code: point for point in self.points.values()}
        self.call_point = self.by_code[CALLBACK_KEY_POINT]
        self.windows: dict[str, CallWindow] = {
            code: call_window(code) for code in (SATISFACTION, COMPLAINT, REPAIR, GOVERNMENT)
        }
        self.scripts: dict[str, list[ScriptItem]] = {code: script_items(code) for code in ("SV-CB-SAT", "SV-CB-CPL")}
        types = OrderType.objects.filter(code__in=order_codes, retired=False).order_by("pk")
        self.kinds = [kind for kind in map(self._kind, types) if kind.stages]

    def kind(self, code: str) -> OrderKind:
        """The order type `code`."""
        return next(kind for kind in self.kinds if kind.code == code)

    def _matter(self, row: IssueCategory) -> Matter:
        rule = REPAIR if kind_of(row) in {"hazard", "repair"} else COMPLAINT
        return Matter(row.pk, row.code, self.weights[row.severity.code], row.department_code, rule)

    def _point(self, row: KeyPoint) -> Point:
        first = next(iter(categories_for(row)), None)
        return Point(
            pk=row.pk,
            code=row.code,
            zh=row.zh,
            process=row.process.code,
            touchpoint=row.touchpoint.code,
            touchpoint_id=row.touchpoint_id,
            department=row.process.department_code,
            sensitivity=row.sensitivity,
            questions=self.reference.questions.get(row.pk, ()),
            matter=self.matters[first.code] if first is not None else next(iter(self.matters.values())),
        )

    def _kind(self, row: OrderType) -> OrderKind:
        rows = StageType.objects.filter(order_type=row, retired=False).order_by("seq")
        listed = rows.select_related("process", "touchpoint", "standard").prefetch_related("key_points")
        return OrderKind(row.pk, row.code, row.zh, tuple(row.segments), tuple(self._stage(stage) for stage in listed))

    def _stage(self, row: StageType) -> StageKind:
        listed = sorted(row.key_points.all(), key=lambda point: (point.position, point.code))
        points = tuple(self.points[point.pk] for point in listed if point.pk in self.points)
        speaks = points and not any(point.code == CALLBACK_KEY_POINT for point in points)
        process = row.process.code if row.process is not None else ""
        guards, promise = guards_of(row.guards or []), frozen_promise(row, {})
        return StageKind(
            pk=row.pk,
            code=row.code,
            zh=row.zh,
            en=row.en,
            seq=row.seq,
            process=process,
            touchpoint=row.touchpoint.code,
            department=row.department_code,
            promise=promise,
            promise_text=json.dumps(promise.value),
            label=json.dumps({"seq": row.seq, "zh": row.zh, "en": row.en}, ensure_ascii=False)[1:-1],
            optional=row.optional,
            callback=is_callback(row),
            household=is_per_household(row),
            pausable=any(guard.phrase.startswith("clock paused") for guard in guards),
            visit=process in VISITS and not is_callback(row) and row.department_code in ("D-HOME", "D-ENG", "D-DES"),
            points=points,
            first_point=points[0] if speaks else None,
            probes=tuple(row.probes),
            proofs=tuple(guard for guard in guards if guard.is_evidence),
        )

    def danger(self, words: str) -> Matter:
        """The category of words that speak of danger (X5), a leak where none fits."""
        code = next((code for code, signs in HAZARD_WORDS if any(sign in words for sign in signs)), "IC-SAF-LEAK")
        return self.matters[code]

    def above(self, weight: Weight) -> Weight | None:
        """The next severity up, None at the top."""
        higher = [other for other in self.by_rank if other.rank < weight.rank]
        return higher[-1] if higher else None

    @cached_property
    def hazard(self) -> Weight:
        """The severity of danger."""
        return self.weights["SEV1"]


def _weight(row: Severity) -> Weight:
    return Weight(row.pk, row.code, row.rank, row.pausable, ack_limit(row), contact_limit(row), resolve_limit(row))


def destination(company: Company, matter: Matter, severity: Weight) -> tuple[Place, str]:
    """The unit that answers for an issue and the rule that says so (RT-01, RT-05), as routing decides it."""
    if severity.code == "SEV1" and HAZARD_DEPARTMENT in company.departments:
        return company.departments[HAZARD_DEPARTMENT], "RT-01"
    place = company.departments.get(matter.department)
    if place is not None:
        return place, "RT-05"
    return company.departments[FALLBACK_DEPARTMENT], "RT-05/D-CS"
