"""The verbs of orders and stages (workflows.md §1, O1–O16)."""

from touchpoints.orders.actions.accept import accept_order, create_order, reject_order
from touchpoints.orders.actions.appointing import appoint_stage
from touchpoints.orders.actions.course import cancel_order, close_finished, close_order, reopen_order
from touchpoints.orders.actions.evidence import EvidenceInput
from touchpoints.orders.actions.flow import start_stage
from touchpoints.orders.actions.handing import hand_over_orders, hand_over_stages
from touchpoints.orders.actions.households import add_household, add_households
from touchpoints.orders.actions.pauses import (
    approve_pause,
    pause_stage,
    resume_expired,
    resume_order,
    resume_stage,
    suspend_order,
)
from touchpoints.orders.actions.reception import Newcomer, receive_order
from touchpoints.orders.actions.stages import (
    assign_stage,
    complete_stage,
    decide_stage,
    end_callback_stage,
    fail_stage,
    retry_stage,
    skip_stage,
)
from touchpoints.orders.planning import frozen_promise

__all__ = [
    "EvidenceInput",
    "Newcomer",
    "accept_order",
    "add_household",
    "add_households",
    "appoint_stage",
    "approve_pause",
    "assign_stage",
    "cancel_order",
    "close_finished",
    "close_order",
    "complete_stage",
    "create_order",
    "decide_stage",
    "end_callback_stage",
    "fail_stage",
    "frozen_promise",
    "hand_over_orders",
    "hand_over_stages",
    "pause_stage",
    "receive_order",
    "reject_order",
    "reopen_order",
    "resume_expired",
    "resume_order",
    "resume_stage",
    "retry_stage",
    "skip_stage",
    "start_stage",
    "suspend_order",
]
