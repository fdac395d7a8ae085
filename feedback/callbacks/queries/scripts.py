"""Reads of call-backs: scripts, tries, the stage a satisfaction call speaks of."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import get_language

from cxorders.customers.queries import same_customer
from feedback.callbacks.enums import CallbackState
from feedback.callbacks.models import Callback
from feedback.callbacks.slots import Try
from feedback.issues.queries import COMPLAINT, GOVERNMENT, REPAIR
from touchpoints.catalogue.models import KeyPoint
from touchpoints.catalogue.queries import section
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Order, Stage

SATISFACTION = "CB-01"
SCRIPT_OF = {SATISFACTION: "SV-CB-SAT", COMPLAINT: "SV-CB-CPL", GOVERNMENT: "SV-CB-CPL", REPAIR: "SV-CB-SAT"}
REPAIR_ORDERS = frozenset({"OT-REPAIR", "OT-EMERG", "OT-TEL-FAULT"})
"""order types that are called back within 24 hours (CB-04) instead of days 7 to 15"""

CALLBACK_KEY_POINT = "KP-CC-09"
CONSENT, CHARGED = "C0", "C5"
SOLVED_ITEM = {"SV-CB-SAT": "C1", "SV-CB-CPL": "P1"}
RATING_ITEM = {"SV-CB-SAT": "C6", "SV-CB-CPL": "P2"}
WORDS_ITEM = {"SV-CB-SAT": "C7", "SV-CB-CPL": "P5"}
"""which line of a script says solved, gives the overall rating, holds the customer's words"""

FATIGUE_DAYS, FATIGUE_CALLS = timedelta(days=15), 2


@dataclass(frozen=True)
class ScriptItem:
    """One line of a call-back script."""

    code: str
    zh: str
    en: str
    type: str

    @property
    def name(self) -> str:
        """The line in the active language."""
        return self.en if self.en and (get_language() or "").startswith("en") else self.zh


def script_items(code: str) -> list[ScriptItem]:
    """The lines of script `code` (SV-CB-…) in order. LookupError when the catalogue lacks it."""
    for template in section("survey_templates") or []:
        if template["code"] == code:
            return [ScriptItem(row["code"], row["zh"], row.get("en", ""), row["type"]) for row in template["items"]]
    raise LookupError(code)


def order_rule(order: Order) -> str:
    """CB-04 for repair and emergency, CB-01 for every other order (CB-06, the ignition sample, is not drawn yet)."""
    return REPAIR if order.order_type.code in REPAIR_ORDERS else SATISFACTION


def tries_of(callback: Callback) -> list[Try]:
    """The tries made so far, oldest first."""
    return [Try(attempt.at, attempt.slot) for attempt in callback.attempts.order_by("number")]


def felt_stage(order: Order) -> Stage | None:
    """The stage a satisfaction call speaks of: the last service stage that is done and has key points of its own."""
    done = Stage.objects.filter(order=order, state=StageState.DONE).exclude(
        stage_type__key_points__code=CALLBACK_KEY_POINT
    )
    return (
        done.filter(stage_type__key_points__isnull=False)
        .select_related("unit", "stage_type")
        .order_by("-round", "-seq", "pk")
        .first()
    )


def key_point_of(stage: Stage | None) -> KeyPoint:
    """The first key point of the stage; the call-back's own one where there is no stage."""
    found = stage.stage_type.key_points.order_by("position", "code").first() if stage is not None else None
    return found or KeyPoint.objects.get(code=CALLBACK_KEY_POINT)


def recent_calls(callback: Callback, at: datetime) -> int:
    """How many calls reached this customer in the 15 days before `at` (C1: two at most, safety excepted)."""
    if callback.customer_id is None:
        return 0
    return Callback.objects.filter(
        customer_id__in=same_customer(callback.customer_id),
        state__in=(CallbackState.FINISHED, CallbackState.REFUSED),
        finished_at__gt=at - FATIGUE_DAYS,
    ).count()
