"""Experience records: at stages of orders, at counters and on the phone without one, and those call-backs become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from cxorders.demo import texts
from cxorders.demo.bulk import Lane, Table
from cxorders.demo.clients import Client, uuid_of
from cxorders.demo.diary import Diary, Story
from cxorders.demo.known import Known, Point
from cxorders.demo.listening import Ear
from cxorders.demo.pace import Site, pick
from cxorders.demo.people import TEAMS, Place
from cxorders.demo.sealing import fingerprint
from cxorders.demo.walk import Row, Walk
from feedback.intake.actions.submit import is_late
from feedback.intake.enums import NoAnswer, Source
from feedback.intake.models import Answer, Record
from feedback.intake.negative import asks_for_charge, bad_answer
from touchpoints.catalogue.models import Question

BY_STAFF = {
    "BH": ("FM-BOOK",),
    "CC": ("FM-FRONT",),
    "HS": ("FM-SIGN", "FM-SIGN", "FM-VISIT"),
    "EC": ("FM-SIGN", "FM-SIGN", "FM-VISIT"),
}
BY_CUSTOMER = {
    "BH": ("FM-RATE", "FM-RATE", "FM-QR", "FM-SMS"), "CC": ("FM-IVR", "FM-IVR", "FM-SMS"),
    "HS": ("FM-QR", "FM-QR", "FM-SMS"), "EC": ("FM-QR", "FM-SMS", "FM-SMS"),
}  # fmt: skip
"""touchpoint → methods, as often as they are used"""
ASKED = frozenset(code for codes in BY_STAFF.values() for code in codes)
ANSWERED = frozenset(code for codes in BY_CUSTOMER.values() for code in codes)
SILENT, SHORT = ("FM-RATE", "FM-IVR"), "FM-SMS"
"""methods without words; the one that is answered by a digit"""
COUNTER = {"BH": 46, "CC": 34, "HS": 16, "EC": 4}
"""touchpoint → weight among records without an order"""
TOUCHPOINT_DEPARTMENT = {touchpoint: department for department, (touchpoint, _, _) in TEAMS.items()}
SORE = {
    "KP-EC-07": 0.30, "KP-HS-01": 0.17, "KP-CC-05": 0.30, "KP-CC-04": 0.16, "KP-EC-03": 0.12, "KP-EC-06": 0.13,
    "KP-BH-04": 0.08, "KP-HS-09": 0.11, "KP-CC-02": 0.12, "KP-CC-01": 0.09, "KP-HS-08": 0.11, "KP-BH-09": 0.12,
    "KP-EC-11": 0.10, "KP-BH-02": 0.07,
}  # fmt: skip
"""key point → share of dissatisfied customers where it hurts most"""
MILD = 0.007
"""the same elsewhere, per point of sensitivity"""
STAFF_SHARE, SPOKEN_SHARE, WILLING = 0.45, 0.62, 0.85
NOBODY, UNNAMED, GOVERNMENT = 0.02, 0.02, 0.08
FIGURES = tuple(Decimal(number) for number in range(100))


@dataclass(frozen=True)
class About:
    """What a record is about: key point, who is responsible, customer, when, and the order and stage if there are."""

    point: Point
    place: Place
    client: Client | None
    occurred: datetime
    order: int | None = None
    stage: int | None = None


@dataclass(frozen=True)
class Taken:
    """How a record was taken."""

    method: str
    source: Source
    collector: int | None
    place: Place | None
    submitted: datetime
    rating: int | None
    words: str
    ticked: bool = False
    no_answer: str = ""
    key: str | None = None


@dataclass(frozen=True)
class Heard:
    """A record that was written, as far as an issue or a call-back needs it."""

    record: int
    number: str
    about: About
    taken: Taken
    why: str
    """which rule of F4 makes it bad news, empty for none"""
    safety: bool


def _by_staff(site: Site, row: Row) -> bool | None:
    """Whether a person asks at this stage, as its probes want it; None where they want both or neither."""
    asked, answered = ASKED.intersection(row.kind.probes), ANSWERED.intersection(row.kind.probes)
    if bool(asked) == bool(answered):
        return None
    return site.rnd.random() < (WILLING if asked else 1 - WILLING)


class Voices:
    """Queues records and their answers."""

    def __init__(self, rnd: Random, known: Known, diary: Diary, lane: Lane) -> None:
        self.known, self.diary = known, diary
        self.records, self.answers = lane.table(Record), lane.table(Answer)
        self.ear = Ear(known.reference.lexicon, known.reference.rules)
        self.by_touchpoint: dict[str, list[Point]] = {}
        for point in known.points.values():
            if point.code != known.call_point.code:
                self.by_touchpoint.setdefault(point.touchpoint, []).append(point)
        self.sore = {
            point.pk: SORE.get(point.code, MILD * point.sensitivity * (0.5 + rnd.random()))
            for point in known.points.values()
        }

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.records, self.answers]

    # ---- who says what -------------------------------------------------------------------------------------

    def at_stage(self, walk: Walk, row: Row) -> tuple[About, Taken] | None:
        """The customer's feeling at one key point of a stage that is done; None where nobody recorded it."""
        site, ended = walk.site, row.ended
        if not row.kind.points or ended is None or site.rnd.random() > SPOKEN_SHARE:
            return None
        point = pick(row.kind.points, site.rnd)
        occurred = max(ended - timedelta(minutes=40 * site.rnd.random()), row.started or ended)
        about = About(point, row.unit, walk.client, occurred, walk.key, row.key)
        factor = 2.3 if row.late else 0.8
        return self.felt(site, about, factor, row.assignee, row.unit, _by_staff(site, row), row.kind.probes)

    def at_counter(self, site: Site, client: Client | None, occurred: datetime) -> tuple[About, Taken] | None:
        """Somebody at the counter, on the phone or at the door, without an order."""
        rnd = site.rnd
        touchpoint = rnd.choices(list(COUNTER), list(COUNTER.values()))[0]
        point = pick(self.by_touchpoint[touchpoint], rnd)
        team = pick(site.company.teams_of(TOUCHPOINT_DEPARTMENT[touchpoint]), rnd)
        home = site.company.departments.get(point.department) or site.company.departments["D-CS"]
        by_staff = rnd.random() < STAFF_SHARE
        # what staff record without an order belongs to the department of the process, what a device takes to its team
        place = home if by_staff or team.parent is not home else team
        return self.felt(site, About(point, place, client, occurred), 1.0, pick(team.workers, rnd), team, by_staff)

    def felt(
        self,
        site: Site,
        about: About,
        factor: float,
        person: int | None,
        place: Place,
        by_staff: bool | None = None,
        wanted: Sequence[str] = (),
    ) -> tuple[About, Taken] | None:
        """Rating by pain, words by rating, handed in within hours, now and then a day late; None if not yet by now."""
        rnd, pace, point = site.rnd, site.pace, about.point
        by_staff = rnd.random() < STAFF_SHARE if by_staff is None else by_staff
        share = min(self.sore[point.pk] * factor * pace.pain * site.trouble(about.occurred), 0.75)
        rating: int | None = _rating(rnd, share)
        hours = 25 + 20 * rnd.random() if by_staff and rnd.random() < 0.04 else 3 * rnd.random() ** 2
        submitted = about.occurred + timedelta(hours=hours)
        if submitted >= site.now:
            return None
        if not by_staff or person is None:
            return about, self._self_told(site, about, rating or 3, submitted, wanted)
        no_answer, ticked, method = (
            "",
            False,
            pick([code for code in wanted if code in ASKED] or BY_STAFF[point.touchpoint], rnd),
        )
        words = self.words(point, rating, rnd, about.occurred)
        if rating is not None and rating <= 2 and point.touchpoint == "CC" and rnd.random() < GOVERNMENT:
            rating, no_answer, ticked, method = None, NoAnswer.NOT_ASKED.value, True, "FM-12345"
        elif rnd.random() < NOBODY and words:
            ticked, rating, no_answer = rating is not None and rating <= 2, None, NoAnswer.REFUSED.value
        return about, Taken(method, Source.STAFF, person, place, submitted, rating, words, ticked, no_answer)

    def _self_told(self, site: Site, about: About, rating: int, submitted: datetime, wanted: Sequence[str]) -> Taken:
        rnd, point = site.rnd, about.point
        method = pick([code for code in wanted if code in ANSWERED] or BY_CUSTOMER[point.touchpoint], rnd)
        words = "" if method in SILENT else self.words(point, rating, rnd, about.occurred)
        if method == SHORT:  # the digits 1 to 3 stand for 4, 3 and 2
            rating = max(2, min(4, rating))
            words = words if rnd.random() < 0.5 else ""
        return Taken(method, Source.CUSTOMER, None, None, submitted, rating, words)

    def words(self, point: Point, rating: int | None, rnd: Random, at: datetime) -> str:
        """The customer's own words; the more content, the fewer."""
        if rating is not None and rating <= 2:
            return texts.complaint(point.code, rnd, at)
        if rating == 3:
            return texts.remark(point.process, rnd, at) if rnd.random() < 0.7 else ""
        return texts.praise(point.process, rnd, at) if rnd.random() < 0.38 else ""

    # ---- rows ----------------------------------------------------------------------------------------------

    def write(self, site: Site, about: About, taken: Taken) -> Heard:
        """Seal one record with the answers to the questions of its key point (F1–F4)."""
        given = self._answers(about.point, taken, site.rnd)
        level, score, safety = self.ear.warning(taken.words, about.client, taken.submitted)
        why = _why(taken, level)
        client, method = about.client, self.known.deadlines[taken.method]
        late = is_late(about.occurred, taken.submitted, method=method, source=taken.source, safety=safety)
        key = self.records.deal()
        row = {
            "id": key,
            "company_id": site.company.key,
            "unit_id": about.place.key,
            "collector_id": taken.collector,
            "collector_unit_id": taken.place.key if taken.place is not None else None,
            "source": taken.source.value,
            "method_id": method.pk,
            "customer_id": client.key if client is not None else None,
            "anonymous_reason": "" if client is not None else "客户不愿留名",
            "order_id": about.order,
            "stage_id": about.stage,
            "touchpoint_id": about.point.touchpoint_id,
            "key_point_id": about.point.pk,
            "occurred_at": about.occurred,
            "submitted_at": taken.submitted,
            "rating": taken.rating,
            "no_answer": taken.no_answer,
            "verbatim": taken.words,
            "negative": bool(why),
            "negative_reason": why,
            "late": late,
            "safety": safety,
            "warning_level": level,
            "warning_score": score,
            "client_key": taken.key or uuid_of(site.rnd),
        }
        row["digest"] = fingerprint(row, given)
        self.records.add(**row)
        for question, figure, text in given:
            self.answers.add(record_id=key, question_id=question, number_value=figure, text_value=text)
        if client is not None:
            client.keep(taken.submitted)
            if taken.rating is not None and taken.rating <= 2:
                client.bad.append(taken.submitted)
        heard = Heard(key, f"TY-{taken.submitted.year % 100:02d}-{key:05d}", about, taken, why, safety)
        self._journal(site, heard, late, level)
        return heard

    def _journal(self, site: Site, heard: Heard, late: bool, level: str) -> None:
        taken = heard.taken
        story = Story(self.diary, "feedback.record", heard.record, heard.about.place.key, site.company.key)
        rating = "null" if taken.rating is None else str(taken.rating)
        flags = [("true" if flag else "false") for flag in (bool(heard.why), late)]
        story.told(
            "record.submitted", taken.collector, taken.submitted, None,
            f'{{"number":"{heard.number}","rating":{rating},"negative":{flags[0]},"why":"{heard.why}",'
            f'"late":{flags[1]},"warning":"{level}"}}',
        )  # fmt: skip
        if story.is_recent:
            story.write()

    def _answers(self, point: Point, taken: Taken, rnd: Random) -> list[tuple[int, Decimal | None, str]]:
        """(question, figure, text) for what was asked; the overall item is the rating."""
        if taken.source is Source.CALLBACK or taken.method == SHORT or taken.rating is None:
            return []
        rows: list[tuple[int, Decimal | None, str]] = []
        overall = True
        for question in point.questions:
            if question.type == "csat5":
                rows.append((question.pk, FIGURES[taken.rating if overall else _near(taken.rating, rnd)], ""))
                overall = False
            elif taken.method not in SILENT:
                figure = _figure(question, taken.rating, rnd)
                if figure is not None:
                    rows.append((question.pk, FIGURES[figure], ""))
        return rows


def _rating(rnd: Random, negative: float) -> int:
    draw = rnd.random()
    if draw < negative:
        return 1 if draw < 0.35 * negative else 2
    rest = (draw - negative) / (1 - negative)
    return 3 if rest < 0.11 else 4 if rest < 0.47 else 5


def _near(rating: int, rnd: Random) -> int:
    """Another satisfaction item of somebody whose overall rating this is; never bad news by itself."""
    moved = rating + int(rnd.random() * 3) - 1
    return max(1, min(moved, 2)) if rating <= 2 else max(3, min(moved, 5))


def _figure(question: Question, rating: int, rnd: Random) -> int | None:
    """The answer to a question that is no satisfaction item; None for words."""
    bad = rating <= 2
    match question.type:
        case "yn":
            worse = bad_answer(question.code, question.zh)
            often = 0.6 if bad else 0.0 if asks_for_charge(question.zh) else 0.04
            return worse if rnd.random() < often else 1 - worse
        case "num":
            return 10 + int(rnd.random() * 36) if bad else 1 + int(rnd.random() * 12)
        case "ces7":
            return 1 + int(rnd.random() * 3) if bad else 4 + int(rnd.random() * 4)
        case "nps":
            return int(rnd.random() * 7) if bad else 7 + int(rnd.random() * 4)
        case "scale10":
            return rating * 2
        case _:
            return None


def _why(taken: Taken, level: str) -> str:
    """The rule of F4 that makes the record bad news; the other answers never are, where the rating is none."""
    rating = taken.rating
    if rating is not None and rating <= 2:
        return "sms" if taken.method == SHORT else "rating"
    if level in ("red", "orange"):
        return f"warning_{level}"
    return "ticked" if taken.ticked else ""
