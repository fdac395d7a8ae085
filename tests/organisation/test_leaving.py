"""Nobody leaves an open item behind: the real holdings of all rooms (workflows §14)."""

from datetime import timedelta

import pytest

from cxorders.organisation import holdings
from cxorders.organisation.actions import deactivate
from cxorders.organisation.actions.people import HandOverNeeded
from cxorders.organisation.models import User
from feedback.callbacks.actions import claim
from feedback.callbacks.models import Callback
from feedback.issues.models import Issue
from tests.factories.issues import MONDAY, a_callback, an_issue, an_office, brought_to, in_window
from tests.factories.orders import an_order, current_stage
from tests.factories.organisation import a_person, team_of
from touchpoints.orders.actions import assign_stage
from touchpoints.orders.models import Order, Stage

pytestmark = pytest.mark.django_db
GROUND = (an_office,)

LATER = MONDAY + timedelta(days=30)


def held_by(user: User) -> dict[str, int]:
    return {holding.code: number for holding, number in holdings.open_items(user)}


def test_every_room_says_what_a_person_may_hold() -> None:
    codes = [holding.code for holding in holdings.registered()]
    assert codes == ["callbacks", "contacts", "issues", "orders", "pledges", "probes", "stages"]


def test_a_handler_passes_on_issues() -> None:
    office = an_office()
    issue = brought_to("in_progress", an_issue(office), office)
    next_one = a_person("handler", at=office.home)
    assert held_by(office.handler) == {"issues": 1}
    with pytest.raises(HandOverNeeded):
        deactivate(office.handler, by=None, at=LATER)

    deactivate(office.handler, by=office.manager, at=LATER, successor=next_one)

    assert (held_by(office.handler), held_by(next_one)) == ({}, {"issues": 1})
    assert Issue.objects.get(pk=issue.pk).owner == next_one


def test_a_caller_passes_on_claimed_call_backs() -> None:
    office = an_office()
    callback = a_callback(office)
    claim(callback, by=office.caller, at=in_window(callback))
    next_one = a_person("callback", at=office.company)
    assert held_by(office.caller) == {"callbacks": 1}

    deactivate(office.caller, by=None, at=LATER, successor=next_one)

    assert held_by(office.caller) == {}
    assert Callback.objects.get(pk=callback.pk).claimed_by in (None, next_one)


def test_the_front_line_passes_on_orders_and_stages() -> None:
    office = an_office()
    clerk = a_person("front", at=team_of(office.company, "D-HALL"))
    order = an_order(by=clerk)
    stage = current_stage(order)
    assert stage is not None
    assign_stage(stage, by=None, at=MONDAY, assignee=clerk)
    next_one = a_person("front", at=team_of(office.company, "D-HALL"))
    assert held_by(clerk) == {"orders": 1, "stages": 1}

    deactivate(clerk, by=None, at=LATER, successor=next_one)

    assert (held_by(clerk), held_by(next_one)) == ({}, {"orders": 1, "stages": 1})
    assert (Order.objects.get(pk=order.pk).owner, Stage.objects.get(pk=stage.pk).assignee) == (next_one, next_one)
