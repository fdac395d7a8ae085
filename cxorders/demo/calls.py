"""Call-backs: planned, opened, tried in other slots, finished as sealed records (workflows C1–C10)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import NAMESPACE_URL, uuid5

from cxorders.demo import texts
from cxorders.demo.bulk import Lane, Table
from cxorders.demo.clients import Client
from cxorders.demo.diary import Diary, Story
from cxorders.demo.known import REPAIR, SATISFACTION, Known, Point
from cxorders.demo.pace import Site, pick
from cxorders.demo.people import Place
from cxorders.demo.voices import FIGURES, About, Heard, Taken, Voices
from cxorders.demo.walk import Walk
from cxorders.demo.words_work import MISS_NOTES
from feedback.callbacks.enums import AttemptResult, CallbackState
from feedback.callbacks.models import Attempt, Callback, ScriptAnswer
from feedback.callbacks.queries import CHARGED, CONSENT, RATING_ITEM, SCRIPT_OF, SOLVED_ITEM, WORDS_ITEM
from feedback.callbacks.queries.scripts import REPAIR_ORDERS
from feedback.callbacks.slots import Try, is_exhausted, next_try, slot_of
from feedback.intake.enums import NoAnswer, Source

IN_WINDOW, MISSED, REFUSED, UNRATED, CHARGES = 0.93, 0.2, 0.012, 0.015, 0.004
"""shares of calls inside their window, tries that reach nobody, refusals, ratings refused, charges outside the list"""
MISSES = (
    AttemptResult.NO_ANSWER, AttemptResult.NO_ANSWER, AttemptResult.NO_ANSWER, AttemptResult.BUSY,
    AttemptResult.POWER_OFF, AttemptResult.NOT_CUSTOMER,
)  # fmt: skip
HOURS = ((9.3, 11.4), (14.1, 17.3), (14.1, 17.3), (18.1, 19.7))
"""when callers call: morning, afternoon, evening"""


@dataclass(eq=False)
class Call:
    """One call-back while it is simulated."""

    key: int
    site: Site
    rule: str
    script: str
    place: Place
    client: Client
    point: Point
    planned: datetime
    start: datetime
    end: datetime
    story: Story
    issue: int | None = None
    order: int | None = None
    stage: int | None = None
    not_by: tuple[int | None, ...] = ()
    state: CallbackState = CallbackState.PLANNED
    tries: list[Try] = field(default_factory=list)
    again: Try | None = None
    left: bool = False
    solved: bool | None = None
    rating: int | None = None
    record: Heard | None = None
    charged: bool = False
    finished: datetime | None = None
    caller: int | None = None

    @property
    def reached(self) -> bool:
        """Whether the customer was spoken to."""
        return self.state in (CallbackState.FINISHED, CallbackState.REFUSED)


class Calls:
    """Queues call-backs, tries and script answers."""

    def __init__(self, voices: Voices, known: Known, diary: Diary, lane: Lane) -> None:
        self.voices, self.known, self.diary = voices, known, diary
        self.callbacks, self.attempts, self.lines = lane.table(Callback), lane.table(Attempt), lane.table(ScriptAnswer)

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.callbacks, self.attempts, self.lines]

    # ---- planning ------------------------------------------------------------------------------------------

    def for_order(self, walk: Walk, *, calm: bool = False, wait: str = "") -> Call | None:
        """The satisfaction call-back of a finished order (CB-01, CB-04), made as far as time went.

        `calm`: the customer has complained more than once already and says nothing new.
        """
        if walk.done is None:
            return None
        site, felt = walk.site, walk.felt
        rule = REPAIR if walk.kind.code in REPAIR_ORDERS else SATISFACTION
        place = felt.unit if felt is not None else walk.taken
        point = self.known.call_point
        if felt is not None and felt.kind.first_point is not None:
            point = felt.kind.first_point
        call = self._plan(site, rule, SCRIPT_OF[rule], place, walk.client, point, walk.done)
        call.order, call.stage = walk.key, felt.key if felt is not None else None
        bad = not calm and site.rnd.random() < 0.05 * site.pace.pain * site.trouble(walk.done)
        call.solved = not bad or site.rnd.random() < 0.4
        call.rating = pick((1, 2, 2), site.rnd) if bad else pick((3, 4, 4, 5, 5), site.rnd)
        self._make(call, wait)
        return call

    def for_issue(
        self, site: Site, issue: int, order: int | None, place: Place, client: Client, point: Point, rule: str,
        at: datetime, not_by: tuple[int | None, ...], solved: bool, wait: str = "",
    ) -> Call:  # fmt: skip
        """The call-back that verifies an issue answered at `at`; `not_by` are parties to the matter (X4)."""
        call = self._plan(site, rule, "SV-CB-CPL", place, client, point, at)
        call.issue, call.order, call.not_by = issue, order, not_by
        call.solved = solved or site.rnd.random() < 0.3
        call.rating = pick((3, 4, 4, 5), site.rnd) if solved else pick((1, 2), site.rnd)
        self._make(call, wait)
        return call

    def _plan(
        self, site: Site, rule: str, script: str, place: Place, client: Client, point: Point, at: datetime
    ) -> Call:
        start, end = site.clock.window(self.known.windows[rule], at)
        key = self.callbacks.deal()
        story = Story(self.diary, "feedback.callback", key, place.key, site.company.key)
        story.note("callback.planned", None, at, rule=rule, until=end.isoformat())
        call = Call(key, site, rule, script, place, client, point, at, start, end, story)
        opened = max(start, at)
        if opened <= site.now:
            call.state = CallbackState.DUE
            story.told("callback.due", None, opened, None, "{}")
        return call

    # ---- calling -------------------------------------------------------------------------------------------

    def _make(self, call: Call, wait: str) -> None:
        """The tries up to now. `wait`: due leaves it uncalled, retry stops after the first miss, sure misses nobody."""
        site, rnd = call.site, call.site.rnd
        at = self._first_time(call, wait)
        if wait == "retry":
            at = max(_at_hour(site.now - timedelta(days=1), 9.6 + rnd.random()), call.start + timedelta(minutes=30))
        place = site.company.callers
        callers = [person for person in (place.people["callback"] if place else []) if person not in call.not_by]
        while at < site.now and wait != "due":
            caller, talked = pick(callers, rnd), at + timedelta(minutes=2 + 6 * rnd.random())
            if talked >= site.now:
                return
            call.story.told("callback.claimed", caller, at, None, '{"customer_asked":false}')
            if wait == "retry" or (wait != "sure" and rnd.random() < MISSED):
                if not self._missed(call, caller, talked) or wait == "retry":
                    return
                at = (call.again or call.tries[-1]).at + timedelta(minutes=75 * rnd.random())
                continue
            if wait != "sure" and rnd.random() < REFUSED:
                self._attempt(call, caller, talked, AttemptResult.REFUSED, "不方便，以后别打了")
                self._over(call, CallbackState.REFUSED, caller, talked)
                call.solved = call.rating = None
                call.story.note("callback.refused", caller, talked, note="不方便，以后别打了")
                return
            self._reached(call, caller, talked)
            return

    def _first_time(self, call: Call, wait: str) -> datetime:
        """When the first try is made: inside the window, now and then after it; in permitted hours."""
        rnd = call.site.rnd
        if call.end - call.start <= timedelta(days=1, hours=12):  # within 24 hours, or by the next working day
            at = call.start + timedelta(hours=0.4 + 3 * rnd.random())
            if 9 <= at.hour < 19 and at < call.end:
                return at
            morning = at if at.hour < 9 else at + timedelta(days=1)
            return _at_hour(morning, 9.1 + 1.5 * rnd.random())
        days = 0 if wait == "sure" else (call.end.date() - call.start.date()).days
        day = (
            int(rnd.random() * (days + 1))
            if wait == "sure" or rnd.random() < IN_WINDOW
            else days + 1 + int(rnd.random() * 4)
        )
        at = _at_hour(call.start + timedelta(days=day), _hour(rnd.random(), rnd.random()))
        return at if at > call.start else at + timedelta(days=1)

    def _attempt(self, call: Call, caller: int, at: datetime, result: str, note: str) -> None:
        slot = slot_of(at, call.site.clock.calendar)
        call.tries.append(Try(at, slot))
        self.attempts.add(
            callback_id=call.key,
            number=len(call.tries),
            at=at,
            slot=slot,
            result=result,
            note=note,
            by_id=caller,
        )

    def _missed(self, call: Call, caller: int, at: datetime) -> bool:
        """C5–C7: nobody reached; whether there will be another try."""
        rnd = call.site.rnd
        result, note = pick(MISSES, rnd).value, pick(MISS_NOTES, rnd)
        self._attempt(call, caller, at, result, note)
        number = len(call.tries)
        call.left = call.left or (number > 1 and rnd.random() < 0.8)
        call.story.note("callback.not_reached", caller, at, result=result, number=number, note=note)
        if is_exhausted(call.tries, message_left=call.left):
            self._over(call, CallbackState.UNREACHABLE, caller, at)
            call.solved = call.rating = None
            call.story.note("callback.unreachable", caller, at, attempts=number)
            return False
        call.state, call.again = CallbackState.RETRY_PLANNED, next_try(call.tries, call.site.clock.calendar)
        return True

    def _reached(self, call: Call, caller: int, at: datetime) -> None:
        """C9: the call becomes a sealed record, the script its answers."""
        site, rnd = call.site, call.site.rnd
        call.charged = charged = call.script == "SV-CB-SAT" and rnd.random() < CHARGES and call.rating != 1
        if call.rating is not None and call.rating > 2 and rnd.random() < UNRATED:
            call.rating = None
        words = self._said(call, at)
        if call.rating is None and not words:
            words = texts.unrated(rnd, at)
        self._attempt(call, caller, at, AttemptResult.REACHED.value, "")
        about = About(call.point, call.place, call.client, at, call.order, call.stage)
        no_answer = "" if call.rating is not None else NoAnswer.REFUSED.value
        key = str(uuid5(NAMESPACE_URL, f"callback:{call.key}"))
        bad = charged or not call.solved
        taken = Taken(
            "FM-CB", Source.CALLBACK, caller, site.company.callers, at, call.rating, words, bad, no_answer, key
        )
        call.record = self.voices.write(site, about, taken)
        self._answers(call, words, charged=charged)
        self._over(call, CallbackState.FINISHED, caller, at)
        call.story.note(
            "callback.finished", caller, at, solved=call.solved, rating=call.rating, record=call.record.number
        )

    def _said(self, call: Call, at: datetime) -> str:
        rnd, bad = call.site.rnd, call.rating is not None and call.rating <= 2
        if call.issue is not None:
            return texts.verdict(bool(call.solved) and not bad, rnd, at) if bad or rnd.random() < 0.6 else ""
        return self.voices.words(call.point, call.rating or 4, rnd, at)

    def _answers(self, call: Call, words: str, *, charged: bool) -> None:
        rnd, rating = call.site.rnd, call.rating
        for item in self.known.scripts[call.script]:
            number: Decimal | None = None
            text = ""
            if item.code == WORDS_ITEM[call.script]:
                text = words
                if not text:
                    continue
            elif item.code == RATING_ITEM[call.script]:
                if rating is None:
                    continue
                number = FIGURES[rating]
            elif item.code == SOLVED_ITEM[call.script]:
                number = FIGURES[1 if call.solved else 0]
            elif item.code == CHARGED:
                number = FIGURES[1 if charged else 0]
            elif item.code == CONSENT:
                continue  # asked before, no line of the form
            elif item.type == "yn":
                number = FIGURES[0 if (rating or 4) <= 2 and rnd.random() < 0.5 else 1]
            else:
                number = FIGURES[max(1, min(5, (rating or 4) + int(rnd.random() * 2)))]
            self.lines.add(callback_id=call.key, item_code=item.code, number_value=number, text_value=text)

    def _over(self, call: Call, state: CallbackState, caller: int, at: datetime) -> None:
        call.state, call.finished, call.caller = state, at, caller
        call.client.keep(at)

    # ---- rows ----------------------------------------------------------------------------------------------

    def write(self, calls: Sequence[Call]) -> None:
        """Queue the rows of call-backs that are simulated to their end."""
        for call in calls:
            waiting = call.state is CallbackState.RETRY_PLANNED
            over = call.state is CallbackState.FINISHED
            self.callbacks.add(
                id=call.key,
                company_id=call.site.company.key,
                unit_id=call.place.key,
                rule_code=call.rule,
                script_code=call.script,
                issue_id=call.issue,
                order_id=call.order,
                customer_id=call.client.key,
                state=call.state,
                planned_at=call.planned,
                window_start=call.start,
                window_end=call.end,
                attempts_count=len(call.tries),
                next_try_at=call.again.at if call.again is not None else None,
                next_slot=call.again.slot if call.again is not None else "",
                solved=call.solved if over else None,
                rating=call.rating if over else None,
                record_id=call.record.record if call.record is not None else None,
                finished_at=call.finished,
                finished_by_id=call.caller,
                message_left=call.left,
            )
            if waiting or call.finished is None or call.finished >= self.diary.since:
                call.story.write()


def _hour(draw: float, within: float) -> float:
    begin, end = HOURS[int(draw * len(HOURS))]
    return begin + (end - begin) * within


def _at_hour(at: datetime, hour: float) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(hours=hour)
