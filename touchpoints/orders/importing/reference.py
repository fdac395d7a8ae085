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
from touchpoints.orders import promises
from touchpoints.orders.actions.accept import frozen_promise
from touchpoints.orders.models import Order, OrderType, Stage, StageType
from touchpoints.orders.promises import Promise
from touchpoints.orders.queries import Calendars, departments_of, is_callback, promise_of
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
        self._promises: dict[tuple[int, date], Promise] = {}

    def promise(self, row: StageType, accepted: datetime) -> Promise:
        """The promise a stage of this type gets in an order the company accepted at `accepted`."""
        place = (row.pk, timezone.localdate(accepted, BUSINESS_ZONE))
        if place not in self._promises:
            self._promises[place] = frozen_promise(row, self.own.on(place[1]))
        return self._promises[place]

    def unit_of(self, row: StageType, took_in: Unit) -> Unit:
        """Who answers for a stage of an order that `took_in` took in."""
        own = took_in if took_in.department_code == row.department_code else None
        return own or self.departments.get(row.department_code) or took_in

    def stage(self, order: Order, row: StageType, **values: Any) -> Stage:
        """A stage of `order`, not saved, with unit and promise."""
        promise = self.promise(row, order.accepted_at or order.created_at)
        return Stage(
            company=self.company,
            order=order,
            stage_type=row,
            seq=row.seq,
            unit=self.unit_of(row, order.unit),
            promise_kind=promise.kind,
            promise_value=promise.value,
            promise_unit=promise.unit,
            **values,
        )

    def due(self, stage: Stage, start: datetime) -> datetime | None:
        """When a stage started at `start` is due; None where nothing was promised or the holiday table is missing."""
        try:
            return promises.due(promise_of(stage), start, self.calendars.of(stage.unit))
        except CalendarYearMissing:
            return None

    def foretell(self, stages: Sequence[Stage], start: datetime) -> datetime | None:
        """Write the forecast of each stage still to come behind `start`; the finish, None where it is not known."""
        cursor = start
        try:
            for stage in stages:
                if stage.stage_type.optional and not stage.needed:
                    continue
                end = promises.forecast(promise_of(stage), cursor, self.calendars.of(stage.unit))
                stage.forecast_at = end
                cursor = cursor if is_callback(stage.stage_type) else end
        except CalendarYearMissing:
            return None
        return cursor


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
