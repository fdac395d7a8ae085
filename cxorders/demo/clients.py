"""Customers of the simulated companies: who they are, and what happened to them so far."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from cxorders.customers.models import Customer, Premises
from cxorders.demo import names
from cxorders.demo.bulk import Lane, Table
from cxorders.demo.diary import Diary, Story
from cxorders.demo.pace import Site, pick

REMEMBERED = timedelta(days=90)
"""how long a dissatisfied record of a customer raises the text warning of the next (M44)"""
FIRMS = ("食品厂", "酒店", "纺织厂", "学校", "医院", "洗涤公司", "餐饮公司", "玻璃厂", "幼儿园", "养老院", "物业公司")


@dataclass(eq=False, slots=True)
class Client:
    """One customer with the first premises."""

    key: int
    premises: int
    segment: str
    since: datetime
    busy_until: datetime
    """nothing of the customer happens later; the customer may come back after that"""
    bad: list[datetime] = field(default_factory=list)
    """when dissatisfied records of the customer were submitted"""

    def was_dissatisfied(self, at: datetime) -> bool:
        """Whether a record with a rating of 2 or less was submitted in the 90 days before `at`."""
        return any(at - REMEMBERED <= moment < at for moment in self.bad)

    def keep(self, until: datetime | None) -> None:
        """Something of the customer happens until then."""
        if until is not None and until > self.busy_until:
            self.busy_until = until


def uuid_of(rnd: Random) -> str:
    """A random version-4 key as text, deterministic by the source."""
    bits = f"{rnd.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{'89ab'[rnd.getrandbits(2)]}{bits[17:20]}-{bits[20:]}"


class Clients:
    """Deals out customers with one dwelling each, and lets some come back."""

    def __init__(self, diary: Diary, lane: Lane) -> None:
        self.diary = diary
        self.customers, self.premises = lane.table(Customer), lane.table(Premises)
        self.known: list[Client] = []

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.customers, self.premises]

    def forget(self) -> None:
        """The next company has customers of its own."""
        self.known = []

    def add(self, site: Site, segment: str, at: datetime, by: int | None, where: str = "") -> Client:
        """A new customer, registered by `by` at `at`."""
        rnd, company = site.rnd, site.company.key
        name, salutation = self._name(segment, rnd)
        segment = "VULN" if segment == "RETAIL" and rnd.random() < 0.02 else segment
        key = self.customers.add(
            company_id=company,
            name=name,
            salutation=salutation,
            segment_code=segment,
            phone=names.mobile(rnd),
            do_not_call=rnd.random() < 0.01,
            created_at=at,
        )
        premises = self.premises.add(
            company_id=company,
            customer_id=key,
            address=where or names.address(rnd),
            district=pick(names.DISTRICTS, rnd),
            meter_number=f"QB{int(rnd.random() * 100_000_000):08d}",
        )
        story = Story(self.diary, "cxorders.customer", key, None, company)
        story.told("customer.registered", by, at, None, "{}")
        story.note("customer.premises_added", by, at, premises=premises)
        if story.is_recent:
            story.write()
        client = Client(key, premises, segment, at, at)
        if segment in ("RETAIL", "VULN"):
            self.known.append(client)
        return client

    def back(self, at: datetime, rnd: Random) -> Client | None:
        """A customer known at `at` with nothing open then, or None."""
        for _ in range(4):
            if not self.known:
                return None
            client = pick(self.known, rnd)
            if client.busy_until < at:
                return client
        return None

    def _name(self, segment: str, rnd: Random) -> tuple[str, str]:
        person = names.person(rnd)
        if segment in ("CI", "KEY", "PUBLIC"):
            firm = f"{pick(names.COMPANY_STEMS, rnd)}{pick(FIRMS, rnd)}"
            return firm, f"{person[0]}经理"
        return person, names.salutation(person, rnd)
