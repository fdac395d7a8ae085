"""Where it hurts: dissatisfied share by key point."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cxorders.organisation.models import Unit
from cxorders.organisation.scope import Scope
from kpi.metrics.models import RecordRollup
from kpi.metrics.queries.shares import Share
from kpi.metrics.queries.tallies import added_up, inside
from touchpoints.catalogue.models import KeyPoint

RATINGS = ("r1", "r2", "r3", "r4", "r5")


@dataclass(frozen=True)
class Pain:
    """One cell of the heat map: `share` is that of ratings 1 and 2 among all ratings at the key point."""

    key_point: KeyPoint
    share: Share

    @property
    def touchpoint(self) -> str:
        """Code of the touchpoint: BH, CC, HS, EC."""
        return self.key_point.touchpoint.code


def csat_by_key_point(
    scope: Scope, first: date, last: date, *, unit: Unit | None = None, touchpoint: str = ""
) -> list[Pain]:
    """Every key point with ratings in `scope` from local day `first` to `last`, the most painful first; small samples
    (n < 10, no colour) at the end. Two queries.
    """
    where = inside(scope, unit) & Q(day__range=(first, last))
    counted = {pk: sums for (pk,), sums in added_up(RecordRollup, where, RATINGS, "key_point")}
    points = KeyPoint.objects.filter(pk__in=counted).select_related("touchpoint").order_by("position", "code")
    if touchpoint:
        points = points.filter(touchpoint__code=touchpoint)
    cells = []
    for point in points:
        ratings = counted[point.pk]
        n = sum(ratings.values())
        if n:
            cells.append(Pain(point, Share.of(ratings["r1"] + ratings["r2"], n)))
    return sorted(cells, key=lambda cell: (cell.share.n < 10, -(cell.share.value or 0.0), -cell.share.n))
