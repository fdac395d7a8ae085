"""Companies side by side: value, interval, change, twelve months, and the place by the pessimistic bound (M41)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from kpi.formulas.scoring import m41_ranking
from kpi.metrics.definitions import INDICATORS
from kpi.metrics.models import MonthRollup
from kpi.metrics.periods import local_day, month_after, month_of
from kpi.metrics.queries.shares import NOTHING, Judged, Share, judged
from kpi.metrics.queries.tallies import Counts, added_up, before, columns_of, last_counted, months, rollup_of

MONTHS = 12


@dataclass(frozen=True)
class CompanyRow:
    """One company in the period; `months` are its values per month in percent (None is a gap), oldest first.

    `rank` by the pessimistic bound, None below 30 cases. `against` says where the whole interval lies against the
    target: above, below or across.
    """

    company: Unit
    share: Share
    change: Judged
    months: list[float | None]
    rank: int | None
    against: str


@dataclass(frozen=True)
class CompanyTable:
    """Rows ranked first, then those too small to rank; `group` is all facts together, never a mean of companies."""

    months: list[date]
    rows: list[CompanyRow]
    group: Share
    group_change: Judged
    group_months: list[float | None]


def company_table(code: str, first: date, last: date, *, as_of: datetime, target: float | None = None) -> CompanyTable:
    """The indicator `code` of every member company from local day `first` to `last`, judged against the period of equal
    length before, with the twelve months up to that of `last`. `target` in percent. Not limited to a scope: for people
    who may compare companies (`compare.read`). Five queries.
    """
    indicator = INDICATORS[code]
    now, then = _per_company(code, first, last, as_of), _per_company(code, *before(first, last), as_of)
    steps = months(month_after(month_of(last), 1 - MONTHS), last)
    history = _history(code, steps, as_of)
    companies = {unit.pk: unit for unit in Unit.objects.filter(kind=UnitKind.COMPANY, closed_on=None)}
    ranks = {
        place.code: place.rank
        for place in m41_ranking(
            {str(pk): (now.get(pk, NOTHING).x, now.get(pk, NOTHING).n) for pk in companies}, up=indicator.up
        )
    }
    rows = [
        CompanyRow(
            company=companies[int(key)],
            share=now.get(int(key), NOTHING),
            change=judged(now.get(int(key), NOTHING), then.get(int(key), NOTHING), up=indicator.up),
            months=[history.get((int(key), step), NOTHING).value for step in steps],
            rank=rank,
            against=_against(now.get(int(key), NOTHING), target),
        )
        for key, rank in ranks.items()
    ]
    group, group_then = _together(now.values()), _together(then.values())
    return CompanyTable(
        months=steps,
        rows=rows,
        group=group,
        group_change=judged(group, group_then, up=indicator.up),
        group_months=[_together(share for (_, at), share in history.items() if at == step).value for step in steps],
    )


def _against(share: Share, target: float | None) -> str:
    if target is None or share.low is None or share.high is None or share.n < 30:
        return "across"
    if share.low > target:
        return "above"
    return "below" if share.high < target else "across"


def _together(shares: Iterable[Share]) -> Share:
    parts = list(shares)
    return Share.of(sum(part.x for part in parts), sum(part.n for part in parts))


def _per_company(code: str, first: date, last: date, as_of: datetime) -> dict[int, Share]:
    indicator = INDICATORS[code]
    within = Q(day__range=(first, last_counted(indicator, last, as_of)))
    rows = added_up(rollup_of(indicator), within, columns_of(indicator), "company")
    return {pk: Counts(sums).share(indicator) for (pk,), sums in rows}


def _history(code: str, steps: list[date], as_of: datetime) -> dict[tuple[int, date], Share]:
    indicator, present = INDICATORS[code], month_of(local_day(as_of))
    within = Q(month__range=(steps[0], steps[-1])) & ~Q(month=present)
    rows = added_up(MonthRollup, within, columns_of(indicator), "company", "month")
    found: dict[tuple[int, date], Share] = {(pk, month): Counts(sums).share(indicator) for (pk, month), sums in rows}
    if steps[0] <= present <= steps[-1]:
        end = month_after(present) - timedelta(days=1)
        found |= {(pk, present): share for pk, share in _per_company(code, present, end, as_of).items()}
    return found
