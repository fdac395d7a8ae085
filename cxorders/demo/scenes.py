"""The day the demo accounts find: work of the first company that is placed around now on purpose.

Everything here goes through the same simulation as the rest; only when things began and where they stand is chosen.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from cxorders.demo import texts
from cxorders.demo.cases import Fate
from cxorders.demo.handling import fate_of
from cxorders.demo.journeys import Journeys
from cxorders.demo.known import Known, Matter, OrderKind, Point
from cxorders.demo.pace import Site, days_of, pick
from cxorders.demo.people import Company, Group, Place
from cxorders.demo.voices import About, Taken
from cxorders.demo.walk import Plan, Walk
from feedback.intake.enums import Source

Say = Callable[[Site, About, Taken, Fate], None]
Settle = Callable[[Site, Walk, str], None]
FIRST = 0
"""the demo account is the first of its role"""
LOOKED_BACK = 60
"""days before a due time in which its receipt is looked for"""
SOON = 1.5
"""working hours from now at which what is at risk falls due"""
OWN_BAD_NEWS = ("dispatched", "accepted", "contacted", "pending", "verifying", "closed", "reopened")


class Scenes:
    """Places matters of one company around now. `say` and `settle` are the doors into the simulation."""

    def __init__(self, known: Known, journeys: Journeys, group: Group, say: Say, settle: Settle) -> None:
        self.known, self.journeys, self.group, self.say, self.settle = known, journeys, group, say, settle

    def play(self, site: Site) -> None:
        """All of it, as far as the simulated time reaches back."""
        self._orders(site)
        self._departments(site)
        self._handler(site)
        self._own_news(site)
        self._calls(site)

    # ---- issues --------------------------------------------------------------------------------------------

    def bad_news(
        self,
        site: Site,
        point: Point,
        at: datetime,
        fate: Fate,
        *,
        person: int | None = None,
        team: Place | None = None,
    ) -> None:
        """Somebody complained at `at` about `point`: to `person` of `team`, or by a code at the counter."""
        if at < site.clock.start + timedelta(days=1) or at >= site.now:
            return
        rnd = site.rnd
        client = self.journeys.clients.add(site, "RETAIL", at - timedelta(minutes=30), person)
        home = site.company.departments.get(point.department) or site.company.departments["D-CS"]
        about = About(point, home, client, at - timedelta(minutes=20 + 60 * rnd.random()))
        words = texts.bare_fact(point.code, rnd, at)
        rating = 1 if rnd.random() < 0.35 else 2
        if person is not None:
            method = {"BH": "FM-BOOK", "CC": "FM-FRONT"}.get(point.touchpoint, "FM-SIGN")
            self.say(site, about, Taken(method, Source.STAFF, person, team, at, rating, words), fate)
        else:
            method = "FM-SMS" if point.touchpoint == "CC" else "FM-QR"
            rating = 2 if method == "FM-SMS" else rating
            self.say(site, about, Taken(method, Source.CUSTOMER, None, None, at, rating, words), fate)

    def _received(self, site: Site, matter: Matter, due: datetime) -> tuple[datetime, float]:
        """When something due at `due` came in, and the working hours its clock stood still to make that so."""
        clock, limit = site.clock, matter.severity.resolve
        morning = due.replace(hour=9, minute=10 + int(site.rnd.random() * 40))
        for days in range(LOOKED_BACK):
            at = morning - timedelta(days=days)
            plain = clock.due(at, limit.value, limit.unit)
            if clock.calendar.is_open(at) and plain <= due:
                return at, clock.calendar.elapsed(plain, due).total_seconds() / 3600
        return morning - timedelta(days=LOOKED_BACK), 0.0

    def _due_soon(self, site: Site, hours: float) -> datetime:
        return site.clock.calendar.add(site.now, timedelta(hours=hours))

    def _point_of(self, company: Company, department: str) -> list[Point]:
        """Key points whose bad news goes to `department`."""
        found = []
        for point in self.known.points.values():
            goes_to = point.matter.department if point.matter.department in company.departments else "D-CS"
            if goes_to == department and texts.speaks_of(point.code) and point.matter.severity.code != "SEV1":
                found.append(point)
        return found

    def _departments(self, site: Site) -> None:
        """Every department has something new or under way, and something late."""
        for department in site.company.departments:
            for point in self._point_of(site.company, department)[:1]:
                self._spread(site, point)

    def _spread(self, site: Site, point: Point) -> None:
        rnd = site.rnd
        halt, days = pick((("dispatched", 0.3), ("contacted", 2.5)), rnd)
        self.bad_news(site, point, site.clock.back(site.now, days + rnd.random()), fate_of(halt))
        at, _ = self._received(site, point.matter, self._due_soon(site, -(3 + 30 * rnd.random())))
        self.bad_news(site, point, at, fate_of(pick(("accepted", "contacted"), rnd)))

    def _handler(self, site: Site) -> None:
        """The handler has issues to accept, some in work, some at risk, one late, one opened again, one abroad."""
        place = site.company.departments["D-ENG"]
        handler = place.people["handler"][FIRST]
        points = self._point_of(site.company, "D-ENG")
        for number in range(4):
            at = site.clock.back(site.now, 0.15 + 0.35 * number)
            self.bad_news(site, points[number % len(points)], at, fate_of("dispatched"))
        for number, hours in enumerate((SOON, 3.2)):
            point = next(p for p in points[number:] if p.matter.severity.pausable)
            at, paused = self._received(site, point.matter, self._due_soon(site, hours))
            self.bad_news(site, point, at, fate_of("contacted", handler, paused_hours=paused))
        for halt, days in (("accepted", 1.0), ("contacted", 2.5), ("pending", 3.0), ("reopened", 24.0)):
            self.bad_news(site, pick(points, site.rnd), site.clock.back(site.now, days), fate_of(halt, handler))
        at, _ = self._received(site, points[FIRST].matter, self._due_soon(site, -9))
        self.bad_news(site, points[FIRST], at, fate_of("contacted", handler))
        for halt, days in (("gate", 44.0), ("gate", 50.0), ("group", 62.0), ("abroad", 1.2), ("abroad", 2.1)):
            self.bad_news(site, pick(points, site.rnd), site.clock.back(site.now, days), fate_of(halt))

    def _own_news(self, site: Site) -> None:
        """What the demo people of the front line reported, with fates of every kind."""
        for department in ("D-HALL", "D-CC", "D-HOME", "D-ENG"):
            team = site.company.teams[department][FIRST]
            person = team.workers[FIRST]
            touchpoint = {"D-HALL": "BH", "D-CC": "CC", "D-HOME": "HS", "D-ENG": "EC"}[department]
            points = [point for point in self.known.points.values() if point.touchpoint == touchpoint]
            points = [point for point in points if texts.speaks_of(point.code) and point.matter.severity.code != "SEV1"]
            for number, halt in enumerate(OWN_BAD_NEWS if department == "D-HALL" else OWN_BAD_NEWS[1::2]):
                days = {"closed": 16.0, "reopened": 21.0, "verifying": 9.0}.get(halt, 0.3 + 0.7 * number)
                at = site.clock.back(site.now, days)
                self.bad_news(site, points[number % len(points)], at, fate_of(halt), person=person, team=team)

    def _calls(self, site: Site) -> None:
        """The call-back people have calls that are due, calls to dial again, and one whose window ends today."""
        points = [self.known.by_code[code] for code in ("KP-EC-07", "KP-HS-01", "KP-CC-05", "KP-BH-04")]
        for number, call in enumerate(("due", "retry", "due", "retry", "due", "retry")):
            at = site.clock.back(site.now, 9.5 + 1.1 * number)
            self.bad_news(site, points[number % len(points)], at, fate_of("verifying", call=call))

    # ---- orders --------------------------------------------------------------------------------------------

    def order(
        self,
        site: Site,
        kind: str,
        stage: str,
        since: datetime,
        halt: str,
        *,
        team: Place,
        person: int | None = None,
        assignee: int | None = None,
        appointed: datetime | None = None,
    ) -> None:
        """An order of `kind` whose `stage` began at `since` and stands as `halt` says."""
        chosen = self.known.kind(kind)
        ends = lead(site, chosen, stage, since)
        if ends is None:
            return
        created, *steps = ends
        if created < site.clock.start + timedelta(hours=9):
            return
        plan = Plan(tuple(steps), halt, assignee, appointed)
        for walk in self.journeys.planned(site, chosen, team, person or team.workers[FIRST], created, plan):
            self.settle(site, walk, "")

    def _orders(self, site: Site) -> None:
        clock, now, company = site.clock, site.now, site.company
        yesterday = clock.back(now, 0.9)
        before = clock.back(yesterday - timedelta(days=2), 1.1)
        hall = company.teams["D-HALL"][FIRST]
        clerk = hall.workers[FIRST]
        today = site.clock.back(now, 0.1)
        for kind, stage, since, halt, who in (
            ("OT-RETAIL-INSTALL", "PAY", yesterday, "active", clerk),
            ("OT-RETAIL-INSTALL", "PAY", before, "active", clerk),
            ("OT-RETAIL-INSTALL", "PAY", clock.back(now, 2.2), "paused", clerk),
            ("OT-RETAIL-INSTALL", "APPLY", today, "active", clerk),
            ("OT-RETAIL-INSTALL", "APPLY", yesterday, "active", None),
            ("OT-ALTER", "QUOTE", yesterday, "active", clerk),
            ("OT-ALTER", "QUOTE", before, "active", None),
            ("OT-ALTER", "APPLY", today, "active", None),
            ("OT-RETAIL-INSTALL", "ACCOUNT", clock.back(now, 0.8), "active", clerk),
            ("OT-RETAIL-INSTALL", "YARD", yesterday, "undecided", None),
            ("OT-RETAIL-INSTALL", "YARD", clock.back(now, 6), "suspended", None),
            ("OT-CONTRACT-RES", "INSTALL", clock.back(now, 5), "active", None),
            ("OT-CONTRACT-RES", "YARD", clock.back(now, 16), "active", None),
        ):
            self.order(site, kind, stage, since, halt, team=hall, person=clerk, assignee=who)
        self.settle(site, self.journeys.draft(site, self.known.kind("OT-ALTER"), hall, clerk, today), "")
        self._visits(site, hall)

    def _visits(self, site: Site, hall: Place) -> None:
        """Homes the field people and the crew go to: today, tomorrow, late, not met."""
        clock, now = site.clock, site.now
        field = site.company.teams["D-HOME"][FIRST].workers[FIRST]
        crew = site.company.teams["D-ENG"][FIRST].workers[FIRST]
        agents = site.company.teams["D-CC"][FIRST]
        for number, (kind, stage, team, who, days, halt) in enumerate(
            (
                ("OT-RETAIL-INSTALL", "CONVERT", hall, field, 1.2, "active"),
                ("OT-RETAIL-INSTALL", "CONVERT", hall, field, 2.1, "active"),
                ("OT-RETAIL-INSTALL", "CONVERT", hall, field, 4.4, "active"),
                ("OT-ALTER", "MEASURE", hall, field, 0.9, "active"),
                ("OT-ALTER", "WORK", hall, field, 6.0, "active"),
                ("OT-REPAIR", "ONSITE", agents, field, 0.08, "active"),
                ("OT-SAFETY", "VISIT", agents, field, 1.5, "active"),
                ("OT-RETAIL-INSTALL", "CONVERT", hall, field, 1.8, "failed"),
                ("OT-RETAIL-INSTALL", "INSTALL", hall, crew, 2.2, "active"),
                ("OT-RETAIL-INSTALL", "INSTALL", hall, crew, 4.2, "active"),
                ("OT-RETAIL-INSTALL", "INSTALL", hall, crew, 9.3, "active"),
                ("OT-RETAIL-INSTALL", "INSTALL", hall, crew, 6.1, "active"),
                ("OT-RETAIL-INSTALL", "ACCEPT", hall, crew, 0.7, "active"),
                ("OT-REMOTE", "TASK", agents, None, 0.02, "active"),
                ("OT-REPAIR", "REPORT", agents, None, 0.005, "active"),
                ("OT-REMOTE", "HANDLE", agents, agents.workers[FIRST], 0.8, "active"),
                ("OT-REMOTE", "FEEDBACK", agents, agents.workers[FIRST], 3.2, "active"),
            )
        ):
            day = now if now.hour < 17 else now + timedelta(days=1)
            when = day.replace(hour=9 + number % 8, minute=30 * (number % 2), second=0, microsecond=0)
            visit = when if stage in ("CONVERT", "INSTALL", "MEASURE", "VISIT", "ONSITE") and number % 5 else None
            since = now - timedelta(days=days) if days < 0.1 else clock.back(now, days)
            self.order(site, kind, stage, since, halt, team=team, assignee=who, appointed=visit)


def lead(site: Site, kind: OrderKind, stage: str, since: datetime) -> Sequence[datetime] | None:
    """When an order was taken in and its stages ended so that `stage` began at `since`; None for an unknown stage."""
    services = [row for row in kind.stages if not row.callback]
    index = next((number for number, row in enumerate(services) if row.code == stage), None)
    if index is None:
        return None
    moments = [since]
    for row in reversed(services[:index]):
        share = 0.06 if row.optional else 0.25 + 0.5 * site.rnd.random()
        length = min(days_of(row.promise), 35.0) * share
        earlier = moments[-1] - timedelta(days=length)
        if length > 0.2:
            earlier = min(site.clock.next_open(earlier), moments[-1] - timedelta(minutes=2))
        moments.append(earlier)
    return list(reversed(moments))
