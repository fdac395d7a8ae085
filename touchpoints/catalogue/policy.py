"""Who may see and who may change a company's own part of the catalogue."""

from cxorders.organisation.access import may
from cxorders.organisation.enums import Reach, UnitKind
from cxorders.organisation.models import Unit, User


def own_company(user: User) -> Unit | None:
    """The company of the grant `user` acts under; None for people of the group."""
    return user.active_grant.unit.company if user.active_grant else None


def may_see(user: User, company: Unit) -> bool:
    """A company's values are open to its own people and to roles that see the whole group."""
    grant = user.active_grant
    return grant is not None and (grant.role.reach is Reach.GROUP or grant.unit.company_id == company.pk)


def may_override(user: User, company: Unit) -> bool:
    """Only the company itself changes its values: the group supervises, it does not act in a company's place."""
    grant = user.active_grant
    return (
        company.kind == UnitKind.COMPANY
        and grant is not None
        and may(user, "catalogue.override")
        and grant.unit.company_id == company.pk
    )
