"""The one place where an error of the business becomes an answer (DESIGN §5.8)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from cxorders.kit.errors import BusinessError
from cxorders.kit.worktime import CalendarYearMissing
from cxorders.organisation.queries import CalendarMissing

Handler = Callable[[HttpRequest], HttpResponse]


def answer(request: HttpRequest, error: BusinessError) -> HttpResponse:
    """`error` as a page or an htmx fragment with its own status; views with a form catch it themselves first."""
    wants_json = "application/json" in request.headers.get("Accept", "")
    if wants_json:
        body = {"type": "about:blank", "title": str(error), "status": error.status, "code": error.code}
        return JsonResponse(body, status=error.status, content_type="application/problem+json")
    htmx = request.headers.get("HX-Request") == "true"
    template = "web/_error.html" if htmx else "web/error.html"
    page = render(request, template, {"error": error}, status=error.status)
    if htmx:  # a toast: the form and what was typed stay where they are
        page["HX-Retarget"], page["HX-Reswap"] = "#toasts", "beforeend"
    return page


class BusinessErrors:
    """Turns a BusinessError that no form handled into a designed page, never a traceback."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, BusinessError):
            return answer(request, exception)
        if isinstance(exception, CalendarYearMissing):
            return answer(request, CalendarMissing(year=exception.year))
        return None
