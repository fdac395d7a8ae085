"""What the appointments of a stretch of days come to, as plain counts (metrics.md M12)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from cxorders.organisation.scope import Scope
from touchpoints.appointments.enums import Outcome
from touchpoints.appointments.models import Appointment


@dataclass(frozen=True)
class Kept:
    """Counts of M12. `kept` is without `no_access`; both keep the promise."""

    booked: int
    customer_cancelled: int
    customer_moved: int
    kept: int
    late: int
    missed: int
    no_access: int

    @property
    def base(self) -> int:
        """Booked, less what the customer cancelled or moved in good time."""
        return self.booked - self.customer_cancelled - self.customer_moved


def kept_counts(scope: Scope, first: date, last: date) -> Kept:
    """Appointments of the days `first` to `last` (both included) inside `scope` that are over. One query.

    An appointment the company moved in agreement and in time counts where it was moved to.
    """
    rows = Appointment.objects.filter(scope.rows(), day__range=(first, last))
    found = dict(
        rows.exclude(outcome__in=("", Outcome.REPLACED)).order_by().values_list("outcome").annotate(n=Count("pk"))
    )
    return Kept(
        booked=sum(found.values()),
        customer_cancelled=found.get(Outcome.CUSTOMER_CANCELLED, 0),
        customer_moved=found.get(Outcome.CUSTOMER_MOVED, 0),
        kept=found.get(Outcome.KEPT, 0),
        late=found.get(Outcome.LATE, 0),
        missed=found.get(Outcome.MISSED, 0),
        no_access=found.get(Outcome.NO_ACCESS, 0),
    )
