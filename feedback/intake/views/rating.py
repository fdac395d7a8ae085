"""A rating sent from the progress page of a customer, who is not signed in."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cxorders.kit.errors import BusinessError
from feedback.intake.actions import RecordDraft, submit_record
from feedback.intake.enums import Source
from feedback.intake.rating import Rating, ratable
from touchpoints.orders.models import Order
from touchpoints.progress.door import by_token
from touchpoints.progress.panels import Visit
from touchpoints.progress.views import page_url, show


@require_POST
@by_token
def rate_stage(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Seal what the customer says about the stage just done; sent again it is the same record."""
    order = visit.link.order
    rating = ratable(order)
    if rating is None:
        return redirect(page_url(visit))
    value, words = request.POST.get("rating", ""), request.POST.get("words", "")
    about = request.POST.get("stage", "")
    error = "" if value in ("1", "2", "3", "4", "5") else _("请先选一个分数。")
    if about not in ("", str(rating.key)):
        error = _("这一步已经过去，请评价刚办好的一步。")
    if not error and not rating.given:
        try:
            submit_record(_draft(order, rating, int(value), words, visit.at), by=None, at=visit.at, sheet=rating.sheet)
        except BusinessError as refused:
            error = str(refused)
    if error:
        typed = {"rating": value[:1], "words": words[:2000], "rating_error": error}
        return show(request, replace(visit, typed=typed), 422)
    return redirect(page_url(visit) + "#rate")


def _draft(order: Order, rating: Rating, value: int, words: str, at: datetime) -> RecordDraft:
    overall = rating.sheet.overall
    return RecordDraft(
        company=order.company,
        method=rating.method,
        key_point=rating.sheet.key_point,
        occurred_at=rating.stage.ended_at or at,
        anonymous_reason="" if order.customer_id else _("客户在进度页自评，订单没有登记客户"),
        order=order,
        stage=rating.stage,
        answers={overall.pk: value} if overall is not None else {},
        rating=value if overall is None else None,
        verbatim=words,
        source=Source.CUSTOMER,
        client_key=rating.key,
    )
