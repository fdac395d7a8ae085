"""The appointments of the week on the board as a file."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.models import Unit
from cxorders.transfer.exporting import SIZE, Asked, Exporter
from touchpoints.appointments.filters import wanted_from
from touchpoints.appointments.models import Appointment
from touchpoints.appointments.queries.board import companies_for

HEADERS = (
    _("预约号"), _("日期"), _("时段"), _("状态"), _("计为"), _("班组"), _("公司"), _("订单号"), _("环节"), _("客户"),
    _("电话"), _("地址"), _("第几次上门"), _("到场时间"), _("上门须知"), _("预约时间"), _("预约人"),
)  # fmt: skip


def _rows(asked: Asked) -> Iterator[Sequence[Any]]:
    wanted = wanted_from(asked.query, timezone.localdate())
    rows = Appointment.objects.visible_to(asked.user)
    rows = rows.filter(day__gte=wanted.monday, day__lt=wanted.monday + timedelta(days=7))
    companies = [company.pk for company in companies_for(asked.user)]
    if companies:  # the board shows one company at a time
        rows = rows.filter(company_id=wanted.company if wanted.company in companies else companies[0])
    if wanted.unit is not None:
        top = Unit.objects.filter(pk=wanted.unit).first()
        rows = rows.filter(unit__in=Unit.objects.below(top)) if top is not None else rows.none()
    shown = rows.select_related(
        "unit", "company", "booked_by", "stage__stage_type", "order__customer", "order__premises"
    )
    for one in shown.order_by("day", "starts_at", "pk").iterator(chunk_size=SIZE):
        customer, home = one.order.customer, one.order.premises
        window = f"{timezone.localtime(one.starts_at):%H:%M}-{timezone.localtime(one.ends_at):%H:%M}"
        yield (
            one.number, one.day, window, one.get_state_display(), one.get_outcome_display(), one.unit.name,
            one.company.name, one.order.number, one.stage.stage_type.name, customer.name if customer else "",
            asked.phone(customer.phone if customer else ""), home.address if home else "", one.visit, one.arrived_at,
            one.note, one.booked_at, str(one.booked_by) if one.booked_by else "",
        )  # fmt: skip


APPOINTMENTS = Exporter("appointments", _("上门预约"), "order.read", HEADERS, _rows, phones=True)
