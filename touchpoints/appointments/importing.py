"""Appointments out of a table. Every rule of a booking by hand holds; a chunk of rows is booked at once."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import Unit
from cxorders.transfer import cells
from cxorders.transfer.cells import CellWrong, Line, text
from cxorders.transfer.kinds import Column, Kind, Origin, Pass, Words
from cxorders.transfer.models import Made
from touchpoints.appointments.actions import Agreed, book_many
from touchpoints.appointments.enums import OPEN_STATES, WINDOWS, AppointmentState, Half
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.reads import crews_of
from touchpoints.orders.actions.appointing import HANGING, put_back_times
from touchpoints.orders.enums import OPEN_STAGE_STATES, OrderState
from touchpoints.orders.importing.reference import orders_named
from touchpoints.orders.models import Stage
from touchpoints.orders.queries import IS_CALLBACK

APPOINTMENT_LABEL, STAGE_LABEL = "touchpoints.appointment", "touchpoints.stage"


def window(cell: Any) -> str:
    """Code of a window: the code itself, 上午, 下午, or its times as 8:30-10:30."""
    said = text(cell).lower().replace(" ", "")
    for sign in ("—", "–", "~", "～", "至", "到"):
        said = said.replace(sign, "-")
    names = {"am": "am", "pm": "pm", "上午": "am", "下午": "pm", "morning": "am", "afternoon": "pm"}
    for code, one in WINDOWS.items():
        times = f"{one.opens:%H:%M}-{one.closes:%H:%M}"
        names |= {code.lower(): code, times: code, times.lstrip("0"): code}
    if said not in names:
        raise CellWrong("no_window", text=text(cell)[:20])
    return names[said]


class AppointmentsKind(Kind):
    """Visits agreed elsewhere, for stages that are open here."""

    code = "appointments"
    name = _("上门预约")
    about = _("已经和客户约好的上门：订单、班组、日期、时段")
    icon = "calendar-event"
    makes = (Appointment,)
    quiet_verbs: ClassVar[frozenset[str]] = frozenset({"appointment.booked"})
    columns = (
        Column(
            "order", _("订单号"), cells.short(60), required=True, synonyms=("单号", "原单号", "工单号", "订单编号"),
            about=_("系统里的订单号（DD- 开头），或导入订单时的原单号"), example="DD-26-104518",
        ),
        Column(
            "stage", _("环节"), cells.short(60), synonyms=("环节名称", "上门环节"),
            about=_("环节代码或名称；不填为订单现在的环节"), example="ONSITE",
        ),
        Column(
            "crew", _("班组"), cells.short(80), required=True, synonyms=("上门班组", "施工班组", "服务班组"),
            about=_("班组的代码或名称"), example="入户一班",
        ),
        Column(
            "day", _("日期"), cells.day, required=True, synonyms=("上门日期", "预约日期"),
            about=_("今天或以后，90 天以内"),
            example="2026-12-01", is_text=False,
        ),
        Column(
            "window", _("时段"), window, required=True, synonyms=("上门时段", "预约时段", "时间段"),
            about=_("见“时段”表，例如 08:30-10:30 或 上午"), example="08:30-10:30",
        ),
        Column(
            "note", _("上门须知"), cells.short(200), synonyms=("备注", "说明"), about=_("可不填"), example="门禁 3021",
        ),
    )  # fmt: skip

    def begin(self, origin: Origin) -> Pass:
        """A pass over appointments."""
        return AppointmentsPass(origin)

    def guides(self) -> Iterable[tuple[Words, Sequence[Words], Sequence[Sequence[Any]]]]:
        """The windows, for the template."""
        rows = [(f"{one.opens:%H:%M}-{one.closes:%H:%M}", str(Half(one.half).label)) for one in WINDOWS.values()]
        return ((_("时段"), (_("时段"), _("半天")), rows),)

    def restore(self, made: Sequence[Made], *, at: datetime) -> None:
        """The stages get back the times they had before, their orders the expectation that follows from them."""
        before = {
            one.object_id: {name: _moment(one.before[name]) for name in HANGING}
            for one in made
            if one.model == STAGE_LABEL and one.before is not None
        }
        put_back_times(before, at=at)

    def used(self, made: Sequence[Made]) -> dict[int, str]:
        """Appointments that are no longer just booked."""
        keys = {one.object_id: one.row for one in made if one.model == APPOINTMENT_LABEL}
        moved = Appointment.objects.filter(pk__in=keys).exclude(state=AppointmentState.BOOKED).order_by("pk")
        return {keys[row.pk]: row.number for row in moved}


def _moment(said: str | None) -> datetime | None:
    return parse_datetime(said) if said else None


class AppointmentsPass(Pass):
    """A stage has one open appointment."""

    def __init__(self, origin: Origin) -> None:
        super().__init__(origin)
        self.crews: dict[int, list[Unit]] = {}

    def key(self, line: Line) -> Hashable | None:
        order = line.values.get("order")
        return (order.lower(), line.get("stage").lower()) if order else None

    def check(self, lines: Sequence[Line]) -> None:
        orders = orders_named(self.origin.company, {line.values["order"] for line in lines})
        stages: dict[int, list[Stage]] = defaultdict(list)
        rows = Stage.objects.filter(order__in=[order.pk for order in orders.values()], state__in=OPEN_STAGE_STATES)
        for stage in rows.exclude(IS_CALLBACK).select_related("stage_type__process", "unit").order_by("round", "seq"):
            stages[stage.order_id].append(stage)
        open_rows = Appointment.objects.filter(order__in=[o.pk for o in orders.values()], state__in=OPEN_STATES)
        booked = {row.stage_id: row.number for row in open_rows.order_by("pk")}
        today = timezone.localdate(self.origin.at)
        for line in lines:
            order = orders.get(line.values["order"])
            if order is None:
                line.wrong("order", "unknown_code", text=line.values["order"])
                continue
            if line.values["day"] < today:
                line.wrong("day", "past_day")
            if order.state != OrderState.RUNNING:
                line.wrong("order", "not_running")
                continue
            self._stage(line, stages[order.pk], booked)

    def _stage(self, line: Line, stages: list[Stage], booked: dict[int, str]) -> None:
        said = line.get("stage").lower()
        fits = [
            s
            for s in stages
            if not said or said in (s.stage_type.code.lower(), s.stage_type.zh.lower(), s.stage_type.en.lower())
        ]
        if len(fits) != 1:
            line.wrong("stage", "ambiguous" if fits else "no_open_stage", text=line.get("stage"))
            return
        stage = line.found["stage"] = fits[0]
        if stage.pk in booked:
            line.wrong("order", "exists", what=booked[stage.pk])
        crew = next((unit for unit in self._crews(stage) if line.values["crew"] in (unit.code, unit.zh, unit.en)), None)
        if crew is None:
            line.wrong("crew", "no_such_crew", text=line.values["crew"])
        line.found["crew"] = crew

    def _crews(self, stage: Stage) -> list[Unit]:
        if stage.unit_id not in self.crews:
            self.crews[stage.unit_id] = crews_of(stage)
        return self.crews[stage.unit_id]

    def load(self, lines: Sequence[Line]) -> list[Made]:
        """All at once; what the verb would refuse, such as a half-day that is full, is an error of the row."""
        before = [
            {name: value.isoformat() if (value := getattr(line.found["stage"], name)) else None for name in HANGING}
            for line in lines
        ]
        wanted = [
            (
                line.found["stage"],
                Agreed(line.found["crew"], line.values["day"], line.values["window"], line.get("note")),
            )
            for line in lines
        ]
        made: list[Made] = []
        for line, kept, outcome in zip(lines, before, book_many(wanted, at=self.origin.at), strict=True):
            if isinstance(outcome, BusinessError):
                line.wrong("", "said", zh=outcome.in_language("zh-hans"), en=outcome.in_language("en"))
                continue
            made += [
                Made(row=line.number, model=APPOINTMENT_LABEL, object_id=outcome.pk),
                Made(row=line.number, model=STAGE_LABEL, object_id=outcome.stage_id, before=kept),
            ]
        return made
