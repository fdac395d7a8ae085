"""The life of one issue: who takes it up, when the customer is called, what is answered, what the call-back says."""

from datetime import datetime, timedelta
from math import ceil

from cxorders.demo import texts
from cxorders.demo.cases import Case, Cases, Fate, Stop
from cxorders.demo.pace import pick
from cxorders.demo.voices import About, Taken
from cxorders.demo.words_work import CONTACTS, EXCEPTIONS, WAITS
from cxorders.kit.worktime import CalendarYearMissing
from feedback.callbacks.enums import CallbackState
from feedback.intake.enums import Source
from feedback.issues.clocks import moved
from feedback.issues.enums import CauseCode, ClosedHow, IssueState, Level
from touchpoints.orders.enums import PauseReason

CAUSES = (
    CauseCode.PEOPLE, CauseCode.PEOPLE, CauseCode.PROCESS, CauseCode.PROCESS, CauseCode.PROCESS, CauseCode.MATERIAL,
    CauseCode.SYSTEM, CauseCode.EXTERNAL, CauseCode.AUTHORITY, CauseCode.POLICY, CauseCode.CUSTOMER,
)  # fmt: skip
PAUSED, SECOND_COMPLAINT, THIRD_COMPLAINT, BY_EXCEPTION, NAMED = 0.08, 0.07, 0.2, 0.7, 0.25
MOST_ROUNDS = 9
SWEPT_EVERY = 5
"""minutes between two looks for missed due times"""
HALTS = ("dispatched", "accepted", "contacted", "pending", "verifying", "abroad")
"""fates that end in the first round"""
ROUND_OF = {"reopened": 2, "gate": 3, "group": 4, "closed": 1}
"""fate → round in which it ends"""


def live(cases: Cases, case: Case) -> None:
    """The whole life of a dispatched issue, as far as it got by now or as its fate says."""
    began: datetime | None = case.opened
    while began is not None and len(case.rounds) <= MOST_ROUNDS:
        began = _round(cases, case, began)
    if case.heard.about.client is not None:
        case.heard.about.client.keep(case.closed or case.site.now + timedelta(days=999))


def _halts(case: Case, step: str) -> bool:
    """Whether the fate of the issue ends before `step`."""
    fate, number = case.fate.halt, len(case.rounds)
    if fate in HALTS:
        order = ("dispatched", "accepted", "contacted", "pending", "verifying")
        return fate in ("abroad", "dispatched") or order.index(fate) < order.index(step)
    return step == "accepted" and ROUND_OF.get(fate, 99) == number and fate != "closed"


def _soon(case: Case, after: datetime, hours: float) -> datetime:
    """When the next step is taken; a planned issue always gets as far as it is meant to."""
    now = case.site.now
    if case.severity.rank == 1:  # danger does not wait for the office to open
        at = after + timedelta(minutes=3 + 14 * case.site.rnd.random())
    else:
        at = case.site.clock.soon(after, hours)
    if case.fate.halt and at >= now:
        return after + (now - after) * 0.4
    return at


def _round(cases: Cases, case: Case, began: datetime) -> datetime | None:
    """One round of work from `began`; when the next one starts, None when it is solved or still open."""
    now = case.site.now
    if case.fate.halt == "abroad":
        _send_abroad(cases, case)
    accepted = _soon(case, began, 2.0 if case.severity.rank < 3 else 3.0)
    if accepted >= now or _halts(case, "accepted"):
        _stand(case)
        return None
    _take(cases, case, accepted)
    contacted = _soon(case, accepted, 2.5)
    if contacted >= now or _halts(case, "contacted"):
        _stand(case)
        return None
    _contact(case, contacted)
    _complain_again(cases, case, contacted)
    resumed = _pause(case, contacted)
    if resumed is None:
        _stand(case, paused=True)
        return None
    replied = _reply_time(case, began, resumed)
    if replied >= now or _halts(case, "verifying"):
        _stand(case)
        return None
    _answer(cases, case, replied)
    return _verify(cases, case, replied)


def _stand(case: Case, *, paused: bool = False) -> None:
    """The issue stands where it is now; a missed due time is marked."""
    if not paused:
        _mark(case, case.site.now)


def _mark(case: Case, until: datetime) -> None:
    """The sweep found the due time missed before the answer came at `until` (ES-02)."""
    if case.due >= until:
        return
    case.overdue = case.due
    found = case.due.replace(second=0, microsecond=0)
    found += timedelta(minutes=SWEPT_EVERY - found.minute % SWEPT_EVERY)
    case.story.note("issue.overdue", None, case.due, unit_id=case.place.key, rule="ES-02", found_at=found.isoformat())


def _send_abroad(cases: Cases, case: Case) -> None:
    """The group's customer service sends what nobody has accepted yet to a department of the group."""
    to, hq = cases.group.engineering, cases.group.place.people["hq_cs"][0]
    at = case.opened + (case.site.now - case.opened) * 0.3
    before, case.place, case.routed = case.place, to, "manual"
    case.now.place = to
    case.story.note(
        "issue.redispatched", hq, at, unit_id=to.key, unit=to.key, unit_name=to.zh, before=before.zh,
        reason="涉及集团施工标准，请集团工程管理部答复",
    )  # fmt: skip


def _take(cases: Cases, case: Case, at: datetime) -> None:
    """I6, I22: somebody of the unit takes it by name, or the manager names somebody."""
    rnd, place, before = case.site.rnd, case.place, case.owner
    person = by = before
    if case.level is Level.DEPARTMENT and case.reopened == 0:
        person = by = case.fate.handler or pick(place.people.get("handler") or place.workers, rnd)
        by = place.manager if case.fate.handler is None and rnd.random() < NAMED else person
    case.accepted = case.accepted or at
    case.owner = case.now.owner = person
    case.state = IssueState.IN_PROGRESS if case.reopened else IssueState.ACCEPTED
    names = cases.diary.name
    case.story.note("issue.accepted", by, at, unit_id=place.key, owner=names(person), before=names(before))


def _contact(case: Case, at: datetime) -> None:
    """I9: the customer hears who cares and what comes next."""
    case.contacted, case.state = case.contacted or at, IssueState.IN_PROGRESS
    words = texts.fill(pick(CONTACTS, case.site.rnd) + "。", case.site.rnd, at)
    case.story.note("issue.contacted", case.owner, at, unit_id=case.place.key, text=words)


def _complain_again(cases: Cases, case: Case, since: datetime) -> None:
    """Some customers do not wait: their next records join the issue."""
    site, rnd, about = case.site, case.site.rnd, case.heard.about
    at, times = since, 0
    while about.client is not None and times < 2 and rnd.random() < (THIRD_COMPLAINT if times else SECOND_COMPLAINT):
        at, times = site.clock.soon(at, 5), times + 1
        if at >= min(site.now, case.due):
            return
        place = about.place
        again = About(about.point, place, about.client, at - timedelta(minutes=10), about.order, about.stage)
        words = texts.complaint(about.point.code, rnd, at, danger=False)
        heard = cases.voices.write(site, again, Taken("FM-SMS", Source.CUSTOMER, None, None, at, 2, words))
        cases.join(case, heard)


def _pause(case: Case, since: datetime) -> datetime | None:
    """I10: the clock may stand still for the customer; when work goes on, None while it does not."""
    site, rnd, fate = case.site, case.site.rnd, case.fate
    wanted = (
        fate.halt == "pending" or fate.paused or (not fate.halt and case.severity.pausable and rnd.random() < PAUSED)
    )
    at = _soon(case, since, 1.5) if wanted else since
    if not wanted or at >= min(case.due, site.now) or not case.severity.pausable:
        return since
    manager: int | None = case.place.people.get("dept_mgr", [case.owner])[0]
    if not fate.halt and manager != case.owner and rnd.random() < 0.3:
        manager = None
    length = timedelta(days=1 + 5 * rnd.random())
    auto_end = at + length if manager else site.clock.due(at, 1, "WD")
    end = auto_end if rnd.random() < 0.3 else at + (auto_end - at) * (0.3 + 0.7 * rnd.random())
    if fate.paused:
        end = site.clock.calendar.add(at, fate.paused)
        auto_end = end + timedelta(days=2)
    if fate.halt == "pending":
        end = auto_end = max(auto_end, site.now + timedelta(days=2))
    words = texts.fill(pick(WAITS, rnd), rnd, at)
    stop = Stop(PauseReason.WAITING_CUSTOMER.value, words, at, case.owner, manager, auto_end)
    case.stops.append(stop)
    case.state = IssueState.PENDING_CUSTOMER
    case.story.note(
        "issue.paused",
        case.owner,
        at,
        unit_id=case.place.key,
        reason=stop.reason,
        note=words,
        until=auto_end.isoformat(),
    )
    if end >= site.now:
        return None
    stop.end = end
    case.state = IssueState.IN_PROGRESS
    case.due = case.now.due = moved(case.due, (at, end), case.severity.resolve.unit, site.clock.calendar)
    by = None if end == auto_end else case.owner
    case.story.note("issue.resumed", by, end, unit_id=case.place.key, due_at=case.due.isoformat())
    return end


def _reply_time(case: Case, began: datetime, since: datetime) -> datetime:
    site = case.site
    late = min(site.pace.answers_late * site.trouble(case.opened), 0.8)
    at = max(site.clock.within(began, case.due, late), since + timedelta(minutes=25))
    if case.fate.halt and at >= site.now:
        return since + (site.now - since) * 0.5
    return at


def _answer(cases: Cases, case: Case, at: datetime) -> None:
    """I17: cause, action, reply to customer and author."""
    rnd = case.site.rnd
    _mark(case, at)
    case.cause = pick(CAUSES, rnd).value
    case.action, case.reply = texts.answer(case.matter.code, rnd, at)
    case.replied = case.now.replied = at
    author = cases.diary.name(case.heard.taken.collector)
    case.story.note(
        "issue.replied", case.owner, at, unit_id=case.place.key, author=author, cause=case.cause,
        action_taken=case.action, reply_text=case.reply,
    )  # fmt: skip
    case.state, case.level = IssueState.VERIFYING, Level.CALLBACK
    case.story.note("issue.verifying", None, at, unit_id=case.place.key)


def _verify(cases: Cases, case: Case, replied: datetime) -> datetime | None:
    """I18–I20: somebody else asks the customer; when the issue was opened again, None when closed or not asked yet."""
    site, client, fate = case.site, case.heard.about.client, case.fate
    if client is None:
        return _close_by_exception(case, replied, EXCEPTIONS[1])
    solved = site.rnd.random() < site.pace.solves
    if fate.halt:
        solved = ROUND_OF.get(fate.halt, 1) <= len(case.rounds)
    parties = (case.heard.taken.collector, case.owner)
    call = cases.calls.for_issue(
        site, case.key, case.heard.about.order, case.now.place, client, case.point, case.verified_by, replied, parties,
        solved, fate.call or {"verifying": "due", "": ""}.get(fate.halt, "sure"),
    )  # fmt: skip
    case.calls.append(call)
    if call.finished is None:
        return None
    if call.state is CallbackState.REFUSED:
        return _close_by_exception(case, call.finished, EXCEPTIONS[0])
    if call.state is CallbackState.UNREACHABLE:
        return _close(case, call.caller, call.finished, ClosedHow.UNREACHABLE, None)
    if call.record is not None:
        case.joined.append((call.record.record, call.finished))
    if call.solved and (call.rating is None or call.rating >= 3):
        return _close(case, call.caller, call.finished, ClosedHow.CONFIRMED, call.rating)
    reason = "回访：没有解决" if not call.solved else f"回访：评分 {call.rating}"
    return _reopen(cases, case, call.caller, call.finished, reason)


def _close(
    case: Case, by: int | None, at: datetime, how: ClosedHow, rating: int | None, reason: str = ""
) -> datetime | None:
    """I19: closed, and the round with it."""
    case.state, case.closed, case.how, case.rating = IssueState.CLOSED, at, how.value, rating
    this = case.now
    this.closed, this.outcome = at, how.value
    this.confirmed = at if how is not ClosedHow.EXCEPTION else None
    case.story.note("issue.closed", by, at, unit_id=case.place.key, how=how.value, rating=rating, reason=reason)
    return None


def _close_by_exception(case: Case, since: datetime, reason: str) -> datetime | None:
    """Nobody can ask the customer: the company may close with a reason."""
    place = case.site.company.place
    people = [
        person for person in (*place.people["gatekeeper"], *place.people["branch_leader"]) if person != case.owner
    ]
    at = case.site.clock.soon(since, 14)
    if at >= case.site.now or case.site.rnd.random() > BY_EXCEPTION or any(r.owner in people[:1] for r in case.rounds):
        return None
    return _close(case, people[0], at, ClosedHow.EXCEPTION, None, reason)


def _reopen(cases: Cases, case: Case, by: int | None, at: datetime, reason: str) -> datetime | None:
    """I20: first the same department, then the gatekeeper, then the group; half the time, a working day at least."""
    site, last, count = case.site, case.now, case.reopened + 1
    half = case.severity.resolve.halved()
    try:
        due = site.clock.due(at, half.value, half.unit)
    except CalendarYearMissing:
        return None
    last.closed, last.outcome = at, "reopened"
    place, level, owner = last.place, Level.DEPARTMENT, last.owner
    if count >= 3:
        place, level = cases.group.place, Level.HQ_CS
        owner = place.people["hq_cs"][0]
    elif count == 2:
        place, level = site.company.place, Level.GATE
        owner = place.people["gatekeeper"][0]
    case.place, case.level, case.owner, case.due, case.reopened = place, level, owner, due, count
    case.state = IssueState.REOPENED
    case.overdue = case.replied = None
    case.cause = case.action = case.reply = ""
    cases.begin_round(case, at)
    case.story.note("issue.reopened", by, at, unit_id=place.key, reason=reason, count=count, unit_name=place.zh)
    return at


def fate_of(halt: str, handler: int | None = None, *, paused_hours: float = 0.0, call: str = "") -> Fate:
    """A fate in plain words; `paused_hours` are working hours."""
    return Fate(halt, handler, timedelta(seconds=ceil(paused_hours * 3600)), call)
