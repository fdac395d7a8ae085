"""Who may run imports and exports. Reading an import is `Batch.visible_to`."""

from cxorders.kit.states import may_move
from cxorders.organisation.access import may
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.transfer.enums import BATCH_TRANSITIONS
from cxorders.transfer.models import Batch

RUN = "import.run"
EXPORT = "list.export"


def companies_for(user: User) -> list[Unit]:
    """The companies a person may import into: the own one, or every one for people of the group."""
    grant = user.active_grant
    if grant is None or not may(user, RUN):
        return []
    if grant.unit.company is not None:
        return [grant.unit.company]
    return list(Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None).order_by("path"))


def may_import(user: User, company: Unit) -> bool:
    """Hand in a file for `company`."""
    grant = user.active_grant
    return grant is not None and may(user, RUN) and grant.unit.company_id in (None, company.pk)


def may_run(user: User, batch: Batch) -> bool:
    """Match columns, start, discard, undo."""
    return may_import(user, batch.company)


def possible(batch: Batch, target: str) -> bool:
    """Whether the table knows a step to `target` from here; buttons ask this."""
    return may_move(BATCH_TRANSITIONS, batch.state, target)
