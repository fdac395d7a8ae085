"""Who may do what with an order and its stages (workflows.md §1, §14)."""

from datetime import datetime

from cxorders.kit.states import may_move
from cxorders.organisation.access import may
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.queries import grants_of
from cxorders.organisation.scope import scope_of
from touchpoints.orders.enums import ORDER_TRANSITIONS, STAGE_TRANSITIONS, OrderState, StageState
from touchpoints.orders.models import Order, Stage, pool_of

ENDED = (StageState.DONE, StageState.SKIPPED)
"""a stage in one of these states is over for good"""

# `None` as the person means the system: sweeps, receivers and the journey itself.


def may_create(user: User | None, unit: Unit) -> bool:
    """Take an order in at `unit`."""
    return user is None or (may(user, "order.create") and scope_of(user).covers(unit))


def may_take_in(user: User | None, order: Order) -> bool:
    """Accept or reject a draft: the unit that took it in, or its manager (O2, O3)."""
    return may_create(user, order.unit) or may_manage(user, order)


def may_work(user: User | None, stage: Stage) -> bool:
    """Complete, pause, resume, fail: the responsible unit, the assigned person, a team of the department."""
    if user is None:
        return True
    if not may(user, "order.work"):
        return False
    return stage.assignee_id == user.pk or scope_of(user).covers(stage.unit) or pool_of(user) == stage.unit_id


def may_manage(user: User | None, order: Order, stage: Stage | None = None) -> bool:
    """Decide over an order: the manager of the unit that took it in, of the stage's department, or of the company."""
    if user is None:
        return True
    if not may(user, "order.manage"):
        return False
    return scope_of(user).covers(order.unit) or (stage is not None and scope_of(user).covers(stage.unit))


def may_cancel(user: User | None, order: Order) -> bool:
    """Cancel: a manager, or the front line that took the order in, for the customer (O13)."""
    return may_create(user, order.unit) or may_manage(user, order)


def possible(order: Order, target: str) -> bool:
    """Whether the order's table knows a step to `target` from here; buttons ask this."""
    return may_move(ORDER_TRANSITIONS, order.state, target)


def stage_possible(stage: Stage, target: str) -> bool:
    """Whether the stage's table knows a step to `target` from here, in an order that is running."""
    return stage.order.state == OrderState.RUNNING and may_move(STAGE_TRANSITIONS, stage.state, target)


def may_assign_to(user: User | None, stage: Stage, assignee: User) -> bool:
    """Hand a stage to somebody: managers to anybody, others only take it themselves."""
    if may_manage(user, stage.order, stage):
        return True
    return user is not None and user.pk == assignee.pk and may_work(user, stage)


def working_grant(user: User, stage: Stage, *, at: datetime) -> Grant | None:
    """The grant under which `user` may work on a stage of this company at `at`; inside its unit first, or None."""
    if not user.is_active:
        return None
    held = [
        grant
        for grant in grants_of(user, at=at)
        if grant.role.may("order.work") and grant.unit.company_id == stage.company_id
    ]
    held.sort(key=lambda grant: not grant.unit.path.startswith(stage.unit.path))
    return held[0] if held else None
