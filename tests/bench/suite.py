"""What is measured, and the limit each figure is held against."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import count
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cxorders.organisation.models import Grant, User
from feedback.intake.forms import asked, methods_for
from feedback.intake.models import Record
from feedback.intake.queries import place_of, reference
from feedback.issues.models import Issue
from kpi.metrics.actions import compute_period
from tests.bench import world
from tests.bench.customers import grow_customers, seconds_by_phone
from tests.bench.importing import measure
from tests.bench.timing import in_turn, typical
from touchpoints.orders.enums import StageState
from touchpoints.orders.models import Stage

NEGATIVE_EVERY = 12
"""one submission in so many is bad and opens an issue, as in the demo group"""
PLACES = 97
"""stages the submissions go round; no multiple of NEGATIVE_EVERY, so that bad ones meet ever other customers"""
PAGES = {"hq": "集团", "leader": "公司", "manager": "部门"}
QUEUES = {"issue queue": "/issues/", "dashboard": "/dashboard/"}
JOURNEYS = {
    "order list, urgent first": "/orders/",
    "order list, newest first": "/orders/?sort=new&state=all",
    "order list, late or at risk": "/orders/?late=1&risk=1",
    "heat map": "/orders/heat/?month={month}",
}
"""page → address"""


@dataclass(frozen=True)
class Row:
    """One line of the table: what, the figure, its limit, and whether more or less is better."""

    name: str
    ratio: float
    limit: float
    more_is_better: bool
    detail: str

    @property
    def kept(self) -> bool:
        return self.ratio >= self.limit if self.more_is_better else self.ratio <= self.limit

    def line(self) -> str:
        sign, kept = "≥" if self.more_is_better else "≤", "yes" if self.kept else "NO"
        return f"| {self.name} | {self.ratio:.2f} | {sign} {self.limit:.2f} | {kept} | {self.detail} |"


def run(*, small: int, large: int, rounds: int, only: Sequence[str] | None = None) -> list[Row]:
    """Measure everything, or the parts named in `only`, and print the table; the rows that missed their limit."""
    say(f"preparing {small:,} records on {connection.vendor}")
    world.prepare(small)
    parts = {
        "submission": lambda: [submission(rounds)],
        "issues": lambda: issues(small, large, rounds),
        "orders": lambda: orders(small, large, rounds),
        "scoring": lambda: [scoring()],
        "imports": lambda: [importing("customers", 8.0), importing("orders", 2.5)],
        "customers": lambda: customer_by_phone(small, large, rounds),
    }
    rows = [row for name, part in parts.items() if not only or name in only for row in part()]
    print("| what | ratio | limit | kept | medians |\n|---|---:|---:|---|---|")  # noqa: T201
    for row in rows:
        print(row.line())  # noqa: T201
    return [row for row in rows if not row.kept]


def importing(kind: str, limit: float) -> Row:
    """A workbook of customers or running orders, from hand-in to the last row, against a bare bulk_create of the good
    rows (of orders: with their stages).
    """
    found = measure(kind)
    return Row(
        f"import of {kind} : bare bulk_create",
        found["seconds"] / found["bare"],
        limit,
        False,
        f"{found['seconds']:.1f} s : {found['bare']:.1f} s, {found['rows'] / found['seconds']:,.0f} rows/s, "
        f"{found['loaded']:,} loaded, {found['bad']:,} bad, peak {found['peak']:.0f} MiB, undo {found['undo']:.1f} s",
    )


def issues(small: int, large: int, rounds: int) -> list[Row]:
    """Issue queue and dashboard at both sizes."""
    world.grow_issues(small)
    world.count_up()
    before = {name: _times(name, rounds, QUEUES) for name in PAGES}
    say(f"growing to {large:,} records and issues")
    records, seconds = world.grow_records(large)
    grown = world.grow_issues(large)
    world.count_up()
    say(f"{records:,} records ({seconds:.0f} s), {grown:,} issues")
    after = {name: _times(name, rounds, QUEUES) for name in PAGES}
    return [_growth(page, name, before[name][page], after[name][page]) for page in QUEUES for name in PAGES]


def orders(small: int, large: int, rounds: int) -> list[Row]:
    """Order list and heat map at both sizes, every order with all its stages."""
    had, _seconds = world.grow_orders(small)
    month, _seconds = world.count_heat()
    pages = {page: address.format(month=f"{month:%Y-%m}") for page, address in JOURNEYS.items()}
    before = {name: _times(name, rounds, pages) for name in PAGES}
    say(f"growing {had:,} orders to {large:,}")
    grown, seconds = world.grow_orders(large)
    _month, counting = world.count_heat()
    say(f"{grown:,} orders ({seconds:.0f} s), {Stage.objects.count():,} stages, one month counted in {counting:.0f} s")
    after = {name: _times(name, rounds, pages) for name in PAGES}
    return [_growth(page, name, before[name][page], after[name][page]) for page in pages for name in PAGES]


def customer_by_phone(small: int, large: int, rounds: int) -> list[Row]:
    """From the number of a caller to the page that says how to serve the customer, at both sizes."""
    clients = {name: client_of(name) for name in ("agent", "manager")}
    company = Grant.objects.select_related("unit").get(user__username="agent").unit.company_id or 0

    def times() -> dict[str, float]:
        return {name: seconds_by_phone(client, company, rounds) for name, client in clients.items()}

    had, _seconds = grow_customers(small)
    before = times()
    say(f"growing {had:,} customers to {large:,}")
    grown, seconds = grow_customers(large)
    say(f"{grown:,} customers ({seconds:.0f} s)")
    after = times()
    return [
        Row(
            f"customer by phone ({name}), large : small",
            after[name] / before[name],
            1.3,
            False,
            f"{_ms(after[name])} : {_ms(before[name])}",
        )
        for name in clients
    ]


def say(text: str) -> None:
    """Progress, apart from the table."""
    print(f"… {text}", flush=True)  # noqa: T201


def client_of(username: str) -> Client:
    """A browser in which `username` is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend")
    return client


def submission(rounds: int) -> Row:
    """A record form with every effect (seal, text warning, rollup mark, issue) against a bare view with one INSERT."""
    client = client_of("hall")
    grant = Grant.objects.select_related("unit", "user").get(user__username="hall")
    stages = Stage.objects.filter(unit=grant.unit, state=StageState.DONE, order__customer__isnull=False)
    places = list(stages.select_related("order").order_by("-pk")[:PLACES])
    clerk = grant.user
    clerk.active_grant = grant
    forms = [_filled(clerk, stage) for stage in places]
    number = count()

    def submit() -> None:
        serial = next(number)
        form = forms[serial % len(forms)] | {"client_key": str(uuid4())}
        if serial % NEGATIVE_EVERY == 0:
            form |= {name: "2" for name, value in form.items() if value == "5"}
        answer = client.post(reverse("intake:new"), form)
        if answer.status_code != 302:
            raise RuntimeError(f"the record was not taken: {answer.status_code}")

    had = Record.objects.count(), Issue.objects.count()
    own, bare = in_turn(submit, lambda: client.post("/bench/bare/"), rounds)
    made = Record.objects.count() - had[0]
    if made != rounds + 5:
        raise RuntimeError(f"{made} records for {rounds + 5} submissions")
    opened = Issue.objects.count() - had[1]
    return Row(
        "submission : bare view, throughput",
        bare / own,
        0.45,
        True,
        f"{_ms(own)} : {_ms(bare)}, {opened} issues opened",
    )


def _filled(user: User, stage: Stage) -> dict[str, str]:
    """What a clerk would post from the form of this stage: a good rating, a sentence, everything else as preset."""
    about = {"order": stage.order.number, "stage": str(stage.pk)}
    place = place_of(user, **about)
    if place.sheet is None:
        raise RuntimeError(f"no questions at {stage}")
    posted = {**about, "verbatim": "窗口一次就把要带的资料写清楚了，不用再跑一趟。"}
    posted["method"] = methods_for(user, place, reference())[0].code
    for question in asked(place.sheet):
        posted[question.name] = {"rating": "5", "yesno": "1", "stepper": "3", "scale": "5"}.get(question.kind, "")
    return posted


def _times(username: str, rounds: int, pages: Mapping[str, str]) -> dict[str, float]:
    """Median seconds of each of `pages` (name → address) as `username` sees it."""
    client = client_of(username)

    def get(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    fewer = max(rounds // 5, 5)
    return {page: typical(partial(get, address), fewer) for page, address in pages.items()}


def _growth(page: str, username: str, small: float, large: float) -> Row:
    return Row(f"{page} ({username}), large : small", large / small, 1.5, False, f"{_ms(large)} : {_ms(small)}")


def scoring() -> Row:
    """A month's computation for every unit against the plain GROUP BY over the same facts."""
    today = timezone.localdate().replace(day=1)
    period = f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02d}"

    def compute() -> None:
        compute_period(period, by=None, at=timezone.now())

    own, raw = in_turn(compute, lambda: _group_by(period), 3, warm_up=1)
    return Row("month scoring : raw GROUP BY", own / raw, 3.0, False, f"{_ms(own)} : {_ms(raw)}, {period}")


def _group_by(period: str) -> None:
    """The least a database must do for M01, M11, M15, M34 and M54 of one month."""
    first = datetime.fromisoformat(f"{period}-01").replace(tzinfo=timezone.get_default_timezone())
    last = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    statements = (
        """SELECT unit_id, source, rating, COUNT(*) FROM feedback_record
           WHERE submitted_at >= %s AND submitted_at < %s AND rating IS NOT NULL GROUP BY unit_id, source, rating""",
        """SELECT unit_id, COUNT(*), SUM(CASE WHEN replied_at <= due_at THEN 1 ELSE 0 END) FROM feedback_round
           WHERE due_at >= %s AND due_at < %s GROUP BY unit_id""",
        """SELECT unit_id, COUNT(*), SUM(CASE WHEN confirmed_at <= closure_due_at THEN 1 ELSE 0 END) FROM feedback_round
           WHERE closure_due_at >= %s AND closure_due_at < %s GROUP BY unit_id""",
        """SELECT unit_id, late, COUNT(*) FROM feedback_record
           WHERE submitted_at >= %s AND submitted_at < %s AND source = 'staff' GROUP BY unit_id, late""",
        """SELECT p.unit_id, COUNT(*), COUNT(DISTINCT r.stage_id) FROM feedback_probe p
           LEFT JOIN feedback_record r ON r.stage_id = p.stage_id WHERE p.missing_at >= %s AND p.missing_at < %s
           GROUP BY p.unit_id""",
        """SELECT p.unit_id, COUNT(DISTINCT p.id), COUNT(DISTINCT r.stage_id) FROM feedback_probe p
           LEFT JOIN feedback_record r ON r.stage_id = p.stage_id WHERE p.due_at >= %s AND p.due_at < %s
           GROUP BY p.unit_id""",
        """SELECT s.unit_id, COUNT(*), COUNT(r.id) FROM touchpoints_stage s
           JOIN touchpoints_stagetype_key_points k ON k.stagetype_id = s.stage_type_id
           LEFT JOIN feedback_record r ON r.stage_id = s.id AND r.key_point_id = k.keypoint_id
           WHERE s.ended_at >= %s AND s.ended_at < %s GROUP BY s.unit_id""",
    )
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement, [first, last])
            cursor.fetchall()


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
