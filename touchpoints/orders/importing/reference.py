"""What rows of orders are read against: types and their stages, units of the company, promises, calendars."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from cxorders.customers.models import Premises
from cxorders.kit.numbering import BUSINESS_ZONE, key_of
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.models import Unit
from cxorders.transfer.cells import Line
from touchpoints.catalogue.models import Segment
from touchpoints.orders import planning
from touchpoints.orders.models import Order, OrderType, Stage, StageType
from touchpoints.orders.queries import Calendars, departments_of
from touchpoints.standards.queries import own_history

ORIGINALS = uuid.UUID("6f1f3a52-8d8e-4a1e-9c0b-2f7c1d5e9a40")
"""name space of the keys under which orders of other systems are known"""


def segment_names() -> dict[str, tuple[str, ...]]:
    """Code of each customer segment in use → its names."""
    rows = Segment.objects.filter(retired=False).order_by("position", "code")
    return {row.code: tuple(name for name in (row.zh, row.en) if name) for row in rows}


def key_of_original(company_id: int, number: str) -> uuid.UUID:
    """The client key of an order that another system knows under `number`: the same one is never imported twice."""
    return uuid.uuid5(ORIGINALS, f"{company_id}:{number.strip().lower()}")


class Reference:
    """Everything a pass over orders looks up once: a handful of queries, then none per row."""

    def __init__(self, company: Unit) -> None:
        self.company = company
        self.types: dict[str, OrderType] = {}
        for kind in OrderType.objects.filter(retired=False).order_by("-position"):
            self.types |= {name.lower(): kind for name in (kind.en, kind.zh, kind.code) if name}
        self.stages: dict[int, list[StageType]] = defaultdict(list)
        rows = StageType.objects.filter(retired=False).select_related("process", "standard", "touchpoint")
        for row in rows.order_by("order_type", "seq"):
            self.stages[row.order_type_id].append(row)
        self.units: dict[str, list[Unit]] = defaultdict(list)
        for unit in Unit.objects.filter(company=company, closed_on=None).order_by("path"):
            for name in {unit.code.lower(), unit.zh.lower(), unit.en.lower()} - {""}:
                self.units[name].append(unit)
        self.departments = departments_of(company)
        self.own = own_history(company)
        self.calendars = Calendars()
        self._limits: dict[date, dict[str, Any]] = {}
        self._laid: dict[tuple[int, int, str], list[Stage]] = {}

    def lay_out(self, order: Order) -> list[Stage]:
        """The stages of `order` with unit and the promises of the day it was accepted, not saved.

        Laid out once per type, unit and set of limits, then copied: a file of many years has few sets of limits.
        """
        day = timezone.localdate(order.accepted_at or order.created_at, BUSINESS_ZONE)
        if day not in self._limits:
            self._limits[day] = self.own.on(day)
        key = (order.order_type_id, order.unit_id, repr(self._limits[day]))
        if key not in self._laid:
            types, own = self.stages[order.order_type_id], self._limits[day]
            self._laid[key] = planning.lay_out(order, types, departments=self.departments, own=own)
        return planning.same_for(order, self._laid[key])

    def due(self, stage: Stage, start: datetime) -> datetime | None:
        """When a stage started at `start` is due; None where nothing was promised or the holiday table is missing."""
        try:
            return planning.due(stage, start, self.calendars)
        except CalendarYearMissing:
            return None


def resolve(reference: Reference, lines: Sequence[Line]) -> None:
    """Type, unit and address of each row into `line.found`; orders known already are told. Two queries."""
    keys = {line.number: key_of_original(reference.company.pk, line.values["original"]) for line in lines}
    known = dict(Order.objects.filter(client_key__in=keys.values()).order_by().values_list("client_key", "pk"))
    homes = _homes(lines)
    for line in lines:
        line.found["key"] = keys[line.number]
        if keys[line.number] in known:
            line.wrong("original", "exists", what=line.values["original"])
        kind = reference.types.get(line.values["type"].lower())
        if kind is None:
            line.wrong("type", "unknown_code", text=line.values["type"])
        else:
            line.found["type"] = kind
        _unit(reference, line)
        customer, address = line.found.get("customer"), line.get("address")
        if customer is not None and address:
            line.found["premises"] = homes.get((customer.pk, address))
            if line.found["premises"] is None:
                line.wrong("address", "no_premises")


def _unit(reference: Reference, line: Line) -> None:
    said = line.values["unit"]
    found = reference.units.get(said.lower(), [])
    if len(found) == 1:
        line.found["unit"] = found[0]
    elif found:
        line.wrong("unit", "ambiguous", text=said)
    elif Unit.objects.filter(code=said).exists():
        line.wrong("unit", "other_company", text=said)
    else:
        line.wrong("unit", "unknown_code", text=said)


def _homes(lines: Sequence[Line]) -> dict[tuple[int, str], Premises]:
    customers = {line.found["customer"].pk for line in lines if "customer" in line.found and line.get("address")}
    rows = Premises.objects.filter(customer_id__in=customers).order_by("-pk")
    return {(home.customer_id, home.address): home for home in rows}


def orders_named(company: Unit, names: Iterable[str]) -> dict[str, Order]:
    """Number or original number → the order of `company`. Two queries."""
    wanted = set(names)
    by_number = {name: key for name in wanted if (key := key_of("DD", name)) is not None}
    rows = Order.objects.filter(company=company).select_related("company", "unit", "customer", "order_type")
    numbered = rows.in_bulk(list(by_number.values()))
    found = {
        name: numbered[key]
        for name, key in by_number.items()
        if key in numbered and numbered[key].number == name.upper()
    }
    originals = {key_of_original(company.pk, name): name for name in wanted - found.keys()}
    for order in rows.filter(client_key__in=originals).order_by("pk"):
        if order.client_key is not None:
            found[originals[order.client_key]] = order
    return found
