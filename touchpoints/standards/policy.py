"""Who may do what about a company's own standards (workflows.md §14 "configure catalogue", X4)."""

from cxorders.organisation.access import may
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.standards.models import StandardVersion


def may_propose(user: User | None, company: Unit) -> bool:
    """Propose a value, and note that an approved one was put up: department managers, gatekeeper and leader.

    Only people of the company itself: the group supervises, it does not act in a company's place.
    """
    grant = user.active_grant if user is not None else None
    return (
        company.kind == UnitKind.COMPANY
        and grant is not None
        and may(user, "standard.propose")
        and grant.unit.company_id == company.pk
    )


def may_decide(user: User | None, version: StandardVersion) -> bool:
    """Approve or reject: the leader of the company or the group's customer service, never who proposed it (X4)."""
    grant = user.active_grant if user is not None else None
    if user is None or grant is None or user.pk == version.proposed_by_id or not may(user, "standard.approve"):
        return False
    return scope_of(user).everything or grant.unit.company_id == version.company_id


def may_withdraw(user: User | None, version: StandardVersion) -> bool:
    """Take a proposal back: who made it."""
    return user is not None and user.pk == version.proposed_by_id
