"""What people know of customers: family, care, hints, contacts, and pairs that are one customer. By bulk, by seed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db.models import Model
from django.utils import timezone

from cxorders.customers.enums import HINT_DAYS, CareCode, Relation
from cxorders.customers.models import Care, Customer, Hint, Member, Premises
from cxorders.demo import names
from cxorders.demo.pace import pick
from cxorders.kit.worktime import WorkCalendar
from cxorders.organisation.models import Grant, Unit
from feedback.contacts.enums import CHANNEL_OF_TOUCHPOINT, Channel, ContactState, Outcome
from feedback.contacts.models import Contact

MOST = 400
"""customers of one company that are furnished, the latest ones"""
PAIRS = 2
BATCH = 1000
CARE_NOTES = {
    CareCode.ELDERLY: "先敲门，说话慢一些", CareCode.HEARING: "打电话大声些，最好发短信",
    CareCode.SIGHT: "单据念给客户听", CareCode.MOBILITY: "上门前打电话，开门要等",
    CareCode.INFANT: "避开午睡", CareCode.ANIMAL: "进门前请客户拴好狗",
}  # fmt: skip
HINTS = (
    "家有老人午休，12:00–14:00 不上门、不打电话", "只方便下午 5 点以后上门", "要发票抬头“单位”，别开成个人",
    "上次答应过给他留着材料，找营业厅前台", "门禁坏了，到楼下打电话", "客户是老师，上课时间不接电话",
)  # fmt: skip
SAID = {
    "CR-PROGRESS": ("问什么时候来装", "问排到哪一天了", "说好的日子过了，问还来不来"),
    "CR-COMPLAINT": ("说改了时间没人通知", "嫌窗口让他跑了两趟", "说师傅迟到一个多小时"),
    "CR-REPAIR": ("灶具打不着火", "热水器点火声音大", "表不走字"),
    "CR-PAY": ("问怎么在手机上缴费", "缴了费没到账", "要补打发票"),
    "CR-ASK": ("问过户要带什么", "问阶梯气价怎么算", "问能不能加装地暖"),
    "CR-OUTAGE": ("问今天停气到几点",),
}
TAGS = ("CT-NOT-TOLD", "CT-UPSET", "CT-AGAIN", "CT-REFUND", "CT-ELDERLY")
ANSWERS = ("已电话告知客户", "已查明并说清楚", "已约好时间")
DEPARTMENTS = ("D-ENG", "D-HOME", "D-FIN")


@dataclass(frozen=True)
class Desk:
    """Somebody who takes contacts, and where."""

    user: int
    unit: int
    channel: str


def furnish(company_ids: Iterable[int], calendar: WorkCalendar, now: datetime, seed: int) -> Mapping[str, int]:
    """Fill the accounts of each company; table label → rows. The same arguments give the same rows."""
    made: dict[str, int] = {}
    for place, company in enumerate(company_ids):
        rnd = Random(f"{seed}/accounts/{place}")
        rows = _of_company(company, calendar, now, rnd)
        for model, found in rows.items():
            model._default_manager.bulk_create(found, batch_size=BATCH)
            made[model._meta.label] = made.get(model._meta.label, 0) + len(found)
        made[Customer._meta.label] = made.get(Customer._meta.label, 0) + _pairs(company, now, rnd)
    return made


def _of_company(company: int, calendar: WorkCalendar, now: datetime, rnd: Random) -> dict[type[Model], list]:
    desks = _desks(company)
    units = Unit.objects.filter(company_id=company, kind="department", department_code__in=DEPARTMENTS)
    departments = list(units.order_by("code").values_list("pk", flat=True))
    rows: dict[type[Model], list] = {Member: [], Care: [], Hint: [], Contact: []}
    # the latest ones, for whom something is going on; back to back in the order of their keys
    for number, customer in enumerate(reversed(Customer.objects.filter(company_id=company).order_by("-pk")[:MOST])):
        if number % 4 == 0:
            rows[Member].append(_member(customer, rnd))
        if customer.segment_code == "VULN" or number % 11 == 0:
            rows[Care].append(_care(customer, rnd, now))
        if number % 7 == 0 and desks:
            rows[Hint].append(_hint(customer, pick(desks, rnd), rnd, now))
        if number % 3 == 0 and desks:
            rows[Contact] += _contacts(customer, desks, departments, calendar, now, rnd)
    return rows


def _desks(company: int) -> list[Desk]:
    grants = Grant.objects.filter(unit__company_id=company, role_code__in=("agent", "front"), ends_at=None)
    return [
        Desk(grant.user_id, grant.unit_id, CHANNEL_OF_TOUCHPOINT.get(grant.unit.touchpoint_code, Channel.CALL))
        for grant in grants.select_related("unit").order_by("pk")
    ]


def _member(customer: Customer, rnd: Random) -> Member:
    firm = customer.segment_code in ("CI", "KEY", "PUBLIC")
    relation = (
        Relation.STAFF if firm else pick((Relation.SPOUSE, Relation.CHILD, Relation.PARENT, Relation.TENANT), rnd)
    )
    return Member(
        company_id=customer.company_id,
        customer=customer,
        name=names.person(rnd),
        relation=relation,
        phone=names.mobile(rnd),
        since=timezone.localdate(customer.created_at),
    )


def _care(customer: Customer, rnd: Random, now: datetime) -> Care:
    code = CareCode.ELDERLY if customer.segment_code == "VULN" else pick(tuple(CARE_NOTES), rnd)
    return Care(customer=customer, code=code, note=CARE_NOTES[code], at=min(customer.created_at, now))


def _hint(customer: Customer, desk: Desk, rnd: Random, now: datetime) -> Hint:
    at = max(customer.created_at, now - timedelta(days=rnd.randrange(1, 40)))
    until = timezone.localdate(at) + timedelta(days=HINT_DAYS)
    return Hint(customer=customer, text=pick(HINTS, rnd), author_id=desk.user, at=at, expires_on=until)


def _contacts(
    customer: Customer, desks: list[Desk], departments: list[int], calendar: WorkCalendar, now: datetime, rnd: Random
) -> list[Contact]:
    many = pick((1, 1, 1, 2, 2, 3), rnd)
    days = sorted((rnd.randrange(0, 38) for _ in range(many)), reverse=True)
    found = []
    for day in days:
        at = (now - timedelta(days=day)).replace(hour=9, minute=0) + timedelta(minutes=rnd.randrange(0, 480))
        if customer.created_at <= at <= now:
            found.append(_contact(customer, pick(desks, rnd), departments, calendar, at, now, rnd))
    return found


def _contact(
    customer: Customer, desk: Desk, departments: list[int], calendar: WorkCalendar, at: datetime, now: datetime,
    rnd: Random,
) -> Contact:  # fmt: skip
    reason = pick(tuple(SAID), rnd)
    handed = rnd.random() < 0.3 and bool(departments)
    due = calendar.add_working_days(at, 1) if handed else None
    answered = at + timedelta(minutes=4) if due is None else due - timedelta(minutes=rnd.randrange(10, 300))
    waits = due is not None and (answered > now or rnd.random() < 0.12)
    return Contact(
        company_id=customer.company_id,
        unit_id=desk.unit,
        customer=customer,
        by_id=desk.user,
        owner_id=desk.user,
        channel=desk.channel,
        reason_code=reason,
        tags=[pick(TAGS, rnd)] if rnd.random() < 0.4 else [],
        summary=pick(SAID[reason], rnd),
        outcome=Outcome.HANDED if handed else Outcome.ANSWERED,
        state=ContactState.OPEN if waits else ContactState.ANSWERED,
        at=at,
        handed_to_id=pick(departments, rnd) if handed else None,
        reply_due_at=due,
        answer="" if waits or not handed else pick(ANSWERS, rnd),
        ended_at=None if waits else answered,
        ended_by_id=None if waits else desk.user,
    )


def _pairs(company: int, now: datetime, rnd: Random) -> int:
    """Customers somebody registered a second time: one by the same number, one by the same name and address."""
    firsts = Customer.objects.filter(company_id=company, segment_code="RETAIL").exclude(phone="").order_by("pk")
    known = list(firsts[:200])
    made = 0
    for number in range(min(PAIRS, len(known))):
        first = known[rnd.randrange(number, len(known))]
        home = Premises.objects.filter(customer=first).order_by("pk").first()
        if home is None:
            continue
        again = Customer.objects.create(
            company_id=company,
            name=first.name,
            salutation="",
            phone=first.phone if number % 2 == 0 else names.mobile(rnd),
            created_at=max(first.created_at, now - timedelta(days=3 + number)),
        )
        Premises.objects.create(
            company_id=company, customer=again, address=home.address, district=home.district, meter_number=""
        )
        made += 1
    return made
