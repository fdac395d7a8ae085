"""The one entry of the demo: build a group and simulate its months."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from cxorders.customers.models import Customer, Premises
from cxorders.demo import bulk
from cxorders.demo.accounts import furnish
from cxorders.demo.expected import owe
from cxorders.demo.journeys import MIX
from cxorders.demo.known import Known
from cxorders.demo.lanes import simulate
from cxorders.demo.names import COMPANY_STEMS
from cxorders.demo.people import Settlers, start_of
from cxorders.demo.pictures import Pictures
from cxorders.demo.simulation import Plot
from cxorders.demo.visits import book_visits
from cxorders.journal.models import Entry
from cxorders.kit.errors import BusinessError
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.models import CalendarDay, Unit
from cxorders.organisation.queries import calendar_for
from feedback.callbacks.models import Attempt, Callback, ScriptAnswer
from feedback.intake.models import Answer, Record
from feedback.issues.models import Issue, IssuePause, IssueRecord, Round
from kpi.metrics.actions import compute_period, rebuild_rollups
from touchpoints.catalogue.models import KeyPoint
from touchpoints.heat.actions import rebuild_heat
from touchpoints.orders.models import Evidence, Order, Stage, StagePause

AHEAD = timedelta(days=18)
"""how far before the end of the known calendar the simulated time has to stop: the longest limit of an issue"""
BULKY = 20_000
"""records from which on a PostgreSQL database is loaded without its indexes, by two processes"""
MODELS = (
    Customer,
    Premises,
    Order,
    Stage,
    StagePause,
    Evidence,
    Record,
    Answer,
    Issue,
    Round,
    IssuePause,
    IssueRecord,
    Callback,
    Attempt,
    ScriptAnswer,
    Entry,
)
"""everything the simulation writes"""


class DemoRefused(BusinessError):
    """The demo never touches a database in which people already work."""

    code = "demo_refused"
    zh = "数据库里已经有组织数据，演示数据只装入空库。"
    en = "This database already holds an organisation; demo data is loaded into an empty one only."


class CatalogueMissing(BusinessError):
    code = "catalogue_missing"
    zh = "还没有目录，请先运行 load_catalogue。"
    en = "There is no catalogue yet; run load_catalogue first."


class TooManyCompanies(BusinessError):
    code = "too_many_companies"
    zh = "演示集团最多 {most} 家企业。"
    en = "The demo group has at most {most} companies."


class BeforeTheCalendar(BusinessError):
    """Working days are never guessed (metrics 0.4)."""

    code = "demo_before_calendar"
    zh = "假日表从 {year} 年开始，演示的月份不能更早。"
    en = "The table of public holidays begins in {year}; the months of the demo cannot be earlier."


@dataclass(frozen=True)
class Built:
    """What was loaded: table label → rows; the moment the simulation calls now."""

    rows: dict[str, int]
    now: datetime

    @property
    def records(self) -> int:
        """How many experience records."""
        return self.rows["feedback.Record"]


@transaction.atomic
def build_group(*, companies: int, months: int, feedback: int, seed: int, at: datetime) -> Built:
    """Load a group: `companies` × `months` (local, the last one is that of `at`), about `feedback` records.

    Deterministic: the same arguments and catalogue give the same rows. One transaction: a load that is killed leaves
    nothing behind. Side effects: rows, six small pictures in the media folder, no events; rollups and scores are
    counted by `count_up`. Where `at` lies too near to the end of the known holidays, the simulation stops earlier.
    Raises DemoRefused, CatalogueMissing, TooManyCompanies, BeforeTheCalendar.
    """
    if Unit.objects.exists():
        raise DemoRefused()
    if not KeyPoint.objects.exists():
        raise CatalogueMissing()
    if not 1 <= companies <= len(COMPANY_STEMS):
        raise TooManyCompanies(most=len(COMPANY_STEMS))
    now = _now(at)
    start = start_of(now, months)
    first = CalendarDay.objects.order_by("date").values_list("date", flat=True).first()
    if first is not None and start.year < first.year:
        raise BeforeTheCalendar(year=first.year)
    rnd = Random(seed)
    settlers = Settlers(rnd, start, seed)
    group = settlers.settle(companies)
    bulk.settle([table.model for table in settlers.tables])
    calendar = calendar_for(Unit.objects.get(pk=group.place.key))
    weights = [0.5 + rnd.random() for _ in group.companies]
    quotas = tuple(round(feedback * weight / sum(weights)) for weight in weights)
    plot = Plot(group, settlers.names, Known(MIX), Pictures(), calendar, start, now, seed, quotas)
    bulky = feedback >= BULKY
    with bulk.bare(MODELS if bulky else ()):
        rows = simulate(plot, together=bulky)
    bulk.settle(MODELS)
    visits = book_visits([company.key for company in group.companies], calendar, now)
    accounts = furnish([company.key for company in group.companies], calendar, now, seed)
    probes = owe(calendar, now)
    first_rows = {table.model._meta.label: table.queued for table in settlers.tables}
    counted = first_rows | dict(rows) | {"touchpoints.Appointment": visits, "feedback.Probe": probes}
    return Built(counted | {label: counted.get(label, 0) + many for label, many in accounts.items()}, now)


def _now(at: datetime) -> datetime:
    """`at` in the zone of the business, or the last moment from which every promise can be reckoned."""
    local = at.astimezone(BUSINESS_ZONE)
    last = CalendarDay.objects.order_by("-date").values_list("date", flat=True).first()
    if last is None:
        return local
    horizon = datetime(last.year + 1, 1, 1, 10, tzinfo=BUSINESS_ZONE) - AHEAD
    return min(local, horizon)


def count_up(now: datetime, months: int) -> list[str]:
    """Count what dashboards and the heat map read, and the scores of the demo's months; the months, oldest first.

    Effects: those of `rebuild_rollups`, `rebuild_heat` and `compute_period`.
    """
    rebuild_rollups(at=now)
    rebuild_heat(at=now)
    periods = []
    month = start_of(now, months)
    while month <= now:
        period = f"{month:%Y-%m}"
        compute_period(period, by=None, at=now)
        periods.append(period)
        month = (month + timedelta(days=32)).replace(day=1)
    return periods
