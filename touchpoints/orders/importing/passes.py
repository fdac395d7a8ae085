"""Checking and writing orders in bulk. Customers are told nothing and no probe is planned: what is imported has
happened elsewhere; only the heat map hears of stages that are over (StagesLoaded). Stages, promises and clocks are
those the verbs would give (`planning`): frozen as the standards of the day of acceptance say; only what another system
promised is taken over.
"""

from abc import abstractmethod
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from cxorders.customers.importing import find_customers
from cxorders.journal.actions import entry_of
from cxorders.journal.models import Entry
from cxorders.kit.events import publish
from cxorders.kit.inserting import pour
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.transfer.cells import Line
from cxorders.transfer.kinds import Origin, Pass
from cxorders.transfer.models import Made
from touchpoints.orders import planning
from touchpoints.orders.enums import OrderState, StageState
from touchpoints.orders.events import StagesLoaded
from touchpoints.orders.importing.reference import Reference, resolve
from touchpoints.orders.models import Order, Stage, StageType
from touchpoints.orders.queries import is_callback

ORDER_LABEL = "touchpoints.order"


class _OrderPass(Pass):
    def __init__(self, origin: Origin) -> None:
        super().__init__(origin)
        self.reference = Reference(origin.company)
        with override("zh-hans"):
            self.over = _("在原系统已办完")

    def key(self, line: Line) -> Hashable | None:
        """The number the other system gave it."""
        original = line.values.get("original")
        return original.lower() if original else None

    def check(self, lines: Sequence[Line]) -> None:
        find_customers(self.origin.company, lines)
        resolve(self.reference, lines)
        for line in lines:
            if line.values["accepted"] > self.origin.at:
                line.wrong("accepted", "future")
            if line.get("promised", None) and line.values["promised"] < line.values["accepted"]:
                line.wrong("promised", "before", what="受理时间", what_en="acceptance")
            if "type" in line.found:
                self.check_stages(line, self.reference.stages[line.found["type"].pk])

    @abstractmethod
    def check_stages(self, line: Line, rows: list[StageType]) -> None:
        """What the stages of the order must be like."""

    @abstractmethod
    def order(self, line: Line) -> Order:
        """The order, not saved."""

    @abstractmethod
    def stages(self, line: Line, order: Order) -> list[Stage]:
        """Its stages, not saved."""

    def load(self, lines: Sequence[Line]) -> list[Made]:
        """Orders, their stages, one journal row each."""
        orders = [self.order(line) for line in lines]
        laid = [self.stages(line, order) for line, order in zip(lines, orders, strict=True)]
        Order.objects.bulk_create(orders, batch_size=500)
        for order, stages in zip(orders, laid, strict=True):
            for stage in stages:
                stage.order_id = order.pk
        pour([stage for stages in laid for stage in stages])
        tell_of(self.origin.company.pk, (stage for stages in laid for stage in stages), at=self.origin.at)
        pairs = list(zip(lines, orders, strict=True))
        pour([self._entry(line, order) for line, order in pairs])
        return [Made(row=line.number, model=ORDER_LABEL, object_id=order.pk) for line, order in pairs]

    def _entry(self, line: Line, order: Order) -> Entry:
        said = {"original": line.values["original"], "number": self.origin.number, "row": line.number}
        return entry_of(order, "order.imported", by=self.origin.by, at=self.origin.at, **said)

    def _bare(self, line: Line, state: str) -> Order:
        return Order(
            company=self.origin.company,
            unit=line.found["unit"],
            order_type=line.found["type"],
            customer=line.found["customer"],
            premises=line.found.get("premises"),
            title=line.get("title"),
            state=state,
            created_at=line.values["accepted"],
            client_key=line.found["key"],
        )


def tell_of(company_id: int, stages: Iterable[Stage], *, at: datetime) -> None:
    """Publish StagesLoaded for those of `stages` that are over, where there is one."""
    over = [stage for stage in stages if stage.ended_at is not None]
    days = {
        moment.astimezone(BUSINESS_ZONE).date() for stage in over for moment in (stage.ended_at, stage.due_at) if moment
    }
    if days:
        publish(StagesLoaded(company_id=company_id, days=frozenset(days), at=at))


def _named(rows: list[StageType], said: str) -> StageType | None:
    """The stage called `said`, by code or name."""
    said = said.lower()
    return next((row for row in rows if said in (row.code.lower(), row.zh.lower(), row.en.lower())), None)


class OrdersPass(_OrderPass):
    """Drafts and running orders."""

    def check_stages(self, line: Line, rows: list[StageType]) -> None:
        """The present stage belongs to the type; it began between acceptance and now."""
        said = line.get("stage")
        if not said:
            return
        row = _named(rows, said)
        if row is None or is_callback(row):
            line.wrong("stage", "unknown_code", text=said)
            return
        line.found["stage"] = row
        started = line.get("stage_started", None) or line.values["accepted"]
        if started > self.origin.at:
            line.wrong("stage_started", "future")
        if started < line.values["accepted"]:
            line.wrong("stage_started", "before", what="受理时间", what_en="acceptance")

    def order(self, line: Line) -> Order:
        if "stage" not in line.found:
            return self._bare(line, OrderState.DRAFT)
        order = self._bare(line, OrderState.RUNNING)
        order.accepted_at = line.values["accepted"]
        return order

    def stages(self, line: Line, order: Order) -> list[Stage]:
        """Stages before the present one are passed over with a reason, the present one runs, the others wait."""
        present: StageType | None = line.found.get("stage")
        if present is None:
            return []
        started: datetime = line.get("stage_started", None) or line.values["accepted"]
        stages = self.reference.lay_out(order)
        passed = [row for row in stages if row.seq < present.seq and not is_callback(row.stage_type)]
        for stage in passed:
            stage.state, stage.ended_at, stage.needed, stage.reason = StageState.SKIPPED, started, False, self.over
        service = [row for row in stages if row.seq >= present.seq and not is_callback(row.stage_type)]
        service[0].needed = True if service[0].stage_type.optional else None
        for stage in planning.starters(service):
            stage.state, stage.started_at = StageState.ACTIVE, started
            stage.due_at = stage.first_due_at = self.reference.due(stage, started)
        ahead = [row for row in stages if row.state != StageState.SKIPPED]
        planning.foretell(ahead, started, self.reference.calendars)
        order.promised_at = line.get("promised", None) or planning.promised_finish(ahead)
        planning.foresee(order, stages, self.origin.at, self.reference.calendars)
        return stages


class HistoryPass(_OrderPass):
    """Finished orders."""

    def __init__(self, origin: Origin, most: int) -> None:
        super().__init__(origin)
        self.most = most

    def check_stages(self, line: Line, rows: list[StageType]) -> None:
        """Times lie between acceptance and finish, no stage ends before it begins, there is no stage too many."""
        accepted, done = line.values["accepted"], line.values["done"]
        if done > self.origin.at:
            line.wrong("done", "future")
        if done < accepted:
            line.wrong("done", "before", what="受理时间", what_en="acceptance")
        for number in range(1, self.most + 1):
            start, end = line.get(f"start{number}", None), line.get(f"end{number}", None)
            if (start or end) and number > len(rows):
                line.wrong(f"start{number}" if start else f"end{number}", "no_such_stage", count=len(rows))
            elif start and not end:
                line.wrong(f"end{number}", "required")
            elif end and start and end < start:
                line.wrong(f"end{number}", "before", what="环节开始", what_en="the start of the stage")
            elif end and end > done:
                line.wrong(f"end{number}", "after_done")
            elif start and start < accepted:
                line.wrong(f"start{number}", "before", what="受理时间", what_en="acceptance")

    def order(self, line: Line) -> Order:
        order = self._bare(line, OrderState.CLOSED)
        order.accepted_at = line.values["accepted"]
        order.promised_at = line.get("promised", None)
        order.expected_at = order.done_at = order.closed_at = line.values["done"]
        return order

    def stages(self, line: Line, order: Order) -> list[Stage]:
        """Stages with an end are done, with the due time the standard would have given; the others were skipped."""
        stages = self.reference.lay_out(order)
        before = line.values["accepted"]
        for number, stage in enumerate(stages, 1):
            end = line.get(f"end{number}", None) if number <= self.most else None
            if end is None:
                stage.state, stage.needed, stage.ended_at = StageState.SKIPPED, False, before
                continue
            start = line.get(f"start{number}", None) or min(before, end)
            stage.state, stage.started_at, stage.ended_at = StageState.DONE, start, end
            stage.due_at = stage.first_due_at = self.reference.due(stage, start)
            stage.needed = True if stage.stage_type.optional else None
            before = end
        return stages
