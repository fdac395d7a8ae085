"""Which rows a person may see (DESIGN §6): the one question behind every `visible_to(user)`."""

from dataclasses import dataclass

from django.db.models import Q

from cxorders.organisation.enums import Reach
from cxorders.organisation.models import Unit, User


@dataclass(frozen=True)
class Scope:
    """What the active grant of one person covers.

    Exactly one of: `everything`; one `company_id`; a set of `unit_ids`; nothing (then only own rows remain,
    and with `blind` not even these).
    """

    user_id: int
    everything: bool = False
    company_id: int | None = None
    unit_ids: frozenset[int] = frozenset()
    blind: bool = False

    def rows(self, *, unit: tuple[str, ...] = ("unit",), company: str = "company", own: tuple[str, ...] = ()) -> Q:
        """Condition for rows with the unit paths `unit`, the company path `company` and the person paths `own`."""
        if self.everything:
            return Q()
        if self.blind:
            return Q(pk__in=())
        condition = Q(pk__in=())
        if self.company_id is not None:
            condition |= Q(**{f"{company}_id": self.company_id})
        elif self.unit_ids:
            for path in unit:
                condition |= Q(**{f"{path}_id__in": sorted(self.unit_ids)})
        for path in own:
            condition |= Q(**{f"{path}_id": self.user_id})
        return condition

    def covers(self, unit: Unit) -> bool:
        """Whether `unit` lies inside the scope."""
        return (
            self.everything
            or (self.company_id is not None and unit.company_id == self.company_id)
            or unit.pk in self.unit_ids
        )


def scope_of(user: User) -> Scope:
    """The scope of the grant `user` acts under; no grant, no rows. Kept on the user for the length of a request."""
    grant = user.active_grant
    kept: tuple[int | None, Scope] | None = getattr(user, "_scope", None)
    if kept is not None and kept[0] == (grant.pk if grant else None):
        return kept[1]
    scope = _scope(user)
    user._scope = (grant.pk if grant else None, scope)  # type: ignore[attr-defined]
    return scope


def _scope(user: User) -> Scope:
    grant = user.active_grant
    if grant is None or not user.is_active or grant.role.reach is Reach.NOTHING:
        return Scope(user_id=user.pk, blind=True)
    if grant.role.reach is Reach.GROUP:
        return Scope(user_id=user.pk, everything=True)
    if grant.role.reach is Reach.OWN:
        return Scope(user_id=user.pk)
    if grant.role.reach is Reach.COMPANY and grant.unit.company_id is not None:
        return Scope(user_id=user.pk, company_id=grant.unit.company_id)
    below = Unit.objects.below(grant.unit).order_by().values_list("pk", flat=True)
    return Scope(user_id=user.pk, unit_ids=frozenset(below))
