"""How people work one stage: assign, agree a time, wait for the customer, fail and try again, finish (O5–O9)."""

from datetime import datetime, timedelta

from cxorders.demo import texts
from cxorders.demo.pace import days_of, pick
from cxorders.demo.walk import Plan, Row, Wait, Walk, quoted
from cxorders.demo.words_work import CANCELS, FAILS, PAY_WAITS
from cxorders.kit.worktime import CalendarYearMissing
from touchpoints.orders import promises
from touchpoints.orders.enums import PAUSE_DAYS, RETRY_DAYS, OrderState, PauseReason, StageState

ASSIGNED, WAITED, APPOINTED, FAILED = 0.55, 0.4, 0.5, 0.03
"""shares of stages that a manager hands out, that wait for a payment, that have an agreed time, that fail once"""
ANNOUNCED = ("ahead", "tolerance", "manual")
LONG = timedelta(hours=6)


def run(walk: Walk) -> None:
    """The stages of an accepted order up to now, as planned or as chance has it; then done, cancelled or open."""
    plan, at, by = walk.plan, walk.created, walk.owner
    quits = _quits(walk)
    for index, row in enumerate(walk.services):
        planned = plan.ends[index] if plan is not None and index < len(plan.ends) else None
        halted = plan is not None and index == len(plan.ends)
        walk.begin(at)
        if row.kind.optional and not row.needed:
            if halted and plan is not None and plan.halt == "undecided":
                walk.told(row, "stage.decision_due", None, at)
                return
            decided = walk.decide(index, at, planned, wanted=halted)
            if decided is None:
                return
            at, by = decided, row.unit.manager
            if row.state is StageState.SKIPPED:
                continue
        walk.start(row, by, at)
        if halted and plan is not None and not (row.kind.household and walk.households):
            halt(walk, row, plan)
            return
        if index == quits:
            _cancel(walk, row)
            return
        if row.kind.household and walk.households:
            ended = estate(walk, row)
        else:
            ended = planned if planned is not None else work(walk, row)
        if ended is None or ended >= walk.site.now or not walk.may_start(index + 1, ended):
            return
        walk.complete(row, ended)
        at, by = ended, row.assignee or walk.owner
    walk.finish(by, at)


def estate(contract: Walk, row: Row) -> datetime | None:
    """The households of a contract do the stage one by one; when the last one has, None while some have not."""
    site, start, last = contract.site, row.started or contract.created, row.started
    for number, household in enumerate(contract.households):
        index = next(place for place, own in enumerate(household.services) if own.kind is row.kind)
        own, is_last = household.services[index], index + 1 == len(household.services)
        household.begin(start)
        household.start(own, None, start)
        ended = work(household, own)
        stays = contract.plan is not None and number % 3 == 0
        if stays or ended is None or ended >= site.now or (is_last and not household.may_start(index + 1, ended)):
            last = None
            continue
        household.complete(own, ended)
        if is_last:
            household.finish(own.assignee, ended)
        last = max(last, ended) if last is not None else None
    return site.clock.soon(last, 2) if last is not None else None


def _quits(walk: Walk) -> int:
    """At which service stage the customer takes the order back; -1 for hardly ever."""
    rnd = walk.site.rnd
    if walk.plan is not None or walk.households or walk.kind.code == "OT-EMERG" or rnd.random() > 0.025:
        return -1
    return int(rnd.random() * len(walk.services))


def _cancel(walk: Walk, row: Row) -> None:
    at = walk.site.clock.soon(row.started or walk.created, 8)
    if at < walk.site.now:
        walk.cancel(row, at, pick(CANCELS, walk.site.rnd))


def work(walk: Walk, row: Row) -> datetime | None:
    """Everything on an active stage until it ends; when it does, None while it has not."""
    rnd, at = walk.site.rnd, _assign(walk, row, row.started or walk.created)
    at = _appoint(walk, row, at) if at is not None else None
    if at is not None and row.kind.pausable and rnd.random() < WAITED:
        at = _wait(walk, row, at)
    elif at is not None and row.kind.visit and rnd.random() < FAILED:
        at = _fail(walk, row, at)
    return _end(walk, row, at) if at is not None else None


def _end(walk: Walk, row: Row, begin: datetime) -> datetime:
    site, clock = walk.site, walk.site.clock
    late = min(site.pace.late * site.trouble(begin) * (0.3 if row.kind.promise.unit in ("MIN", "CH") else 1.0), 0.8)
    if row.kind.promise.kind == "cycle":
        return clock.soon(begin, 12)
    if row.due is None:
        return clock.soon(begin, 5)
    if row.kind.promise.kind == "tolerance" and row.appointed is not None:
        over = site.rnd.random() < late
        return row.appointed + timedelta(minutes=(18 + 90 * site.rnd.random()) if over else 14 * site.rnd.random())
    return max(clock.within(begin, row.due, late), begin + timedelta(minutes=1))


def _assign(walk: Walk, row: Row, start: datetime) -> datetime | None:
    """The manager may hand the stage to a person of a team; when work can begin, None while it cannot."""
    site = walk.site
    teams = row.unit.parent is site.company.place and row.unit.department in site.company.teams
    if not teams or days_of(row.kind.promise) < 0.2 or site.rnd.random() > ASSIGNED:
        return start
    at = site.clock.soon(start, 1.2)
    if at >= site.now:
        return None
    assign(walk, row, at, None)
    return at


def assign(walk: Walk, row: Row, at: datetime, person: int | None) -> None:
    """The manager of the department hands the stage to `person`, or to somebody of a team."""
    manager = row.unit.manager
    chosen, unit = walk.somebody(row)
    if person is not None:
        teams = [team for team in walk.site.company.teams_of(row.unit.department) if person in team.workers]
        chosen, unit = person, teams[0] if teams else row.unit
    row.assignee, row.unit = chosen, unit
    name = walk.story.diary.name(chosen)
    walk.told(row, "stage.assigned", manager, at, f'"assignee":{chosen},"assignee_name":"{name}"')


def _appoint(walk: Walk, row: Row, start: datetime) -> datetime | None:
    """A time may be agreed with the customer, or announced to all; when work can go on, None while it cannot."""
    site, kind = walk.site, row.kind
    needed = kind.promise.kind in ANNOUNCED
    if not needed and not (kind.visit and row.due and row.due - start > LONG and site.rnd.random() < APPOINTED):
        return start
    at = site.clock.soon(start, 1.5)
    if at >= site.now:
        return None
    if not needed and row.due is not None and at > row.due:
        return start
    lead = {"ahead": 4.2, "tolerance": 1.2, "manual": 3.0}.get(kind.promise.kind, 0.0)
    if kind.promise.kind == "ahead":
        lead += site.rnd.random() * 2
        agreed = _round(at + timedelta(days=lead))
    elif lead:
        agreed = _round(site.clock.in_hours(at + timedelta(days=lead * (0.4 + site.rnd.random()))))
    else:
        span = (row.due or at) - at
        agreed = _round(site.clock.in_hours(at + span * (0.3 + 0.6 * site.rnd.random())))
    appoint(walk, row, at, agreed)
    return at


def appoint(walk: Walk, row: Row, at: datetime, agreed: datetime) -> None:
    """The moment is agreed; promises that hang on it get their due time."""
    row.appointed = agreed
    if row.kind.promise.kind in ANNOUNCED and row.started is not None:
        row.due = promises.due(row.kind.promise, row.started, walk.site.clock.calendar, agreed)
        row.first_due = row.first_due or row.due
    by = row.assignee or walk.somebody(row)[0]
    walk.told(row, "stage.appointed", by, at, f'"appointed_at":{quoted(agreed)},"reason":""')
    walk.seen = at


def _round(at: datetime) -> datetime:
    """The half hour people agree on."""
    return at.replace(minute=30 if at.minute >= 30 else 0, second=0, microsecond=0)


def _wait(walk: Walk, row: Row, start: datetime) -> datetime | None:
    """The clock stands still for the customer; when it runs again, None while it does not."""
    site, rnd = walk.site, walk.site.rnd
    at = site.clock.soon(start, 1.0)
    if row.due is None or at > row.due:
        return start
    if at >= site.now:
        return None
    wait = pause(walk, row, at)
    longest = wait.auto_end - at
    end = at + longest * min(1.0, 0.15 + rnd.random())
    end = min(site.clock.next_open(end), wait.auto_end)
    if end >= site.now:
        return None
    wait.end = end
    row.state = StageState.ACTIVE
    row.due = promises.moved(row.due, row.kind.promise, (at, end), site.clock.calendar)
    by = None if end == wait.auto_end else wait.by
    minutes = round((end - at).total_seconds() / 60)
    walk.told(row, "stage.resumed", by, end, f'"minutes":{minutes},"due_at":{quoted(row.due)}')
    walk.seen = end
    return end


def pause(walk: Walk, row: Row, at: datetime, *, suspend: bool = False) -> Wait:
    """O6: the front line stops the clock, for longer than a day with its manager; O11."""
    site, rnd = walk.site, walk.site.rnd
    manager = row.unit.manager
    by = manager if suspend else row.assignee or walk.somebody(row)[0]
    approved = manager if suspend or rnd.random() < 0.6 else None
    try:
        ends = at + timedelta(days=PAUSE_DAYS) if approved else site.clock.due(at, 1, "WD")
    except CalendarYearMissing:
        approved, ends = manager, at + timedelta(days=PAUSE_DAYS)
    if approved and not suspend:
        ends = min(ends, at + timedelta(days=2 + int(rnd.random() * 9)))
    reason = PauseReason.PERMIT.value if suspend else PauseReason.WAITING_CUSTOMER.value
    words = "等市政道路许可" if suspend else texts.fill(pick(PAY_WAITS, rnd), rnd, at)
    wait = Wait(reason, words, at, by, approved, ends)
    row.waits.append(wait)
    row.state = StageState.PAUSED
    name = walk.story.diary.name(approved)
    data = f'"reason":"{reason}","text":"{words}","approved_by":"{name}","auto_end_at":{quoted(ends)}'
    walk.told(row, "stage.paused", by, at, data)
    walk.seen = at
    return wait


def _fail(walk: Walk, row: Row, start: datetime) -> datetime | None:
    """O9: nobody at home; when the work goes on after a new appointment, None while it does not."""
    site = walk.site
    at = site.clock.within(start, row.due or start + timedelta(days=1), 0.1)
    if at >= site.now:
        return None
    if row.assignee is None:
        assign(walk, row, start, None)
    fail(walk, row, at)
    again = site.clock.soon(at, 5)
    if again >= site.now:
        return None
    agreed = _round(site.clock.in_hours(again + timedelta(days=1 + site.rnd.random())))
    row.state, row.ended, row.reason, row.appointed = StageState.ACTIVE, None, "", agreed
    walk.told(row, "stage.retried", row.assignee, again, f'"appointed_at":{quoted(agreed)},"text":""')
    walk.seen = again
    return again


def fail(walk: Walk, row: Row, at: datetime) -> None:
    """The stage could not be done; a new appointment is due within three days."""
    reason = pick(FAILS, walk.site.rnd)
    row.state, row.ended, row.reason = StageState.FAILED, at, reason
    retry = at + timedelta(days=RETRY_DAYS)
    walk.told(row, "stage.failed", row.assignee, at, f'"reason":"{reason}","retry_by":{quoted(retry)}')
    walk.seen = at


def halt(walk: Walk, row: Row, plan: Plan) -> None:
    """The stage at which a planned order stands now."""
    site, start = walk.site, row.started or walk.created
    moment = start + (site.now - start) * 0.3
    if plan.assignee is not None and row.assignee is None and row.unit.workers.count(plan.assignee) == 0:
        assign(walk, row, moment, plan.assignee)
    elif plan.assignee is not None:
        row.assignee = plan.assignee
        name = walk.story.diary.name(plan.assignee)
        data = f'"assignee":{plan.assignee},"assignee_name":"{name}"'
        walk.told(row, "stage.assigned", row.unit.manager, moment, data)
    if plan.appointed is not None:
        appoint(walk, row, moment, plan.appointed)
    limit = min(row.due or site.now, site.now)
    later = start + (limit - start) * 0.6
    if plan.halt == "paused":
        pause(walk, row, later)
    elif plan.halt == "suspended":
        wait = pause(walk, row, later, suspend=True)
        walk.state = OrderState.SUSPENDED
        walk.story.note("order.suspended", wait.by, later, reason=wait.reason, text=wait.note)
    elif plan.halt == "failed":
        if row.assignee is None:
            assign(walk, row, start, None)
        fail(walk, row, later)
