"""The working calendar: days off and make-up days of a year, windows of units."""

from datetime import date
from io import TextIOWrapper

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cxorders.kit.errors import BusinessError
from cxorders.organisation import actions
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.forms import WEEKDAYS, DayForm, DaysFileForm, add_refusal, week_lines
from cxorders.organisation.models import CalendarDay
from cxorders.organisation.queries import directory


@require_safe
@requires("organisation.read")
def calendar(request: SignedInRequest) -> HttpResponse:
    """One year of the national calendar and the windows of every unit that has its own."""
    return _page(request, DayForm())


@require_POST
@requires("organisation.manage")
def set_day(request: SignedInRequest) -> HttpResponse:
    """Make one day a day off or a working day; for everybody, so only from the group."""
    form = DayForm(request.POST)
    _need_the_group(request)
    if form.is_valid():
        day = form.cleaned_data["date"]
        is_off, name = form.cleaned_data["is_off"], form.cleaned_data["name"]
        actions.set_day(day, is_off=is_off, name=name, by=request.user, at=timezone.now())
        messages.success(request, _("日历已更新；已经定下的时限不变。"))
        return redirect(f"{reverse('organisation:calendar')}?year={day.year}")
    return _page(request, form)


@require_POST
@requires("organisation.manage")
def load_days(request: SignedInRequest) -> HttpResponse:
    """Take the days of whole years from a file; for everybody, so only from the group."""
    _need_the_group(request)
    form = DaysFileForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            with TextIOWrapper(form.cleaned_data["file"].file, encoding="utf-8-sig", newline="") as stream:
                done = actions.load_calendar(stream, by=request.user, at=timezone.now())
        except BusinessError as error:
            add_refusal(form, error)
        else:
            numbers = {"added": done.added, "changed": done.changed, "removed": done.removed}
            messages.success(
                request, _("已载入：新增 %(added)s 天，改动 %(changed)s 天，删去 %(removed)s 天。") % numbers
            )
            return redirect("organisation:calendar")
    return _page(request, DayForm(), form)


@require_POST
@requires("organisation.manage")
def drop_day(request: SignedInRequest, pk: int) -> HttpResponse:
    """Let one day follow the ordinary week again."""
    _need_the_group(request)
    row = get_object_or_404(CalendarDay, pk=pk)
    year = row.date.year
    actions.drop_day(row, by=request.user, at=timezone.now())
    messages.success(request, _("这一天改回平常的作息。"))
    return redirect(f"{reverse('organisation:calendar')}?year={year}")


def _may_manage(request: SignedInRequest) -> bool:
    grant = request.user.active_grant
    return may(request.user, "organisation.manage") and grant is not None and grant.unit.company_id is None


def _need_the_group(request: SignedInRequest) -> None:
    if not _may_manage(request):
        raise Http404


def _page(request: SignedInRequest, form: DayForm, file_form: DaysFileForm | None = None) -> HttpResponse:
    today: date = timezone.localdate()
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and 2000 <= int(asked[:5]) <= 2100 else today.year
    covered = directory.years_covered()
    rules = [
        (unit, week_lines(unit.work_rule.windows))
        for unit in directory.rules_in_sight(request.user)
        if unit.work_rule is not None
    ]
    refused = bool(form.errors or (file_form is not None and file_form.errors))
    page = {
        "year": year,
        "today": today,
        "years": [(str(number), str(number)) for number in sorted({*covered, year, today.year})],
        "is_covered": year in covered,
        "next_missing": today.year + 1 if today.year + 1 not in covered else None,
        "file_form": file_form or DaysFileForm(),
        "months": directory.year_view(year),
        "festivals": directory.festivals(year),
        "weekdays": WEEKDAYS,
        "rules": rules,
        "rule_count": len(rules),
        "form": form,
        "may_manage": _may_manage(request),
    }
    return render(request, "cxorders/organisation/calendar.html", page, status=422 if refused else 200)
