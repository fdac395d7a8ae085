"""Scores: the board of a level, one unit with every row behind its numbers, the computation asked for by hand."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError

from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.organisation.enums import UnitKind
from kpi.metrics.actions import begin_run, give_up
from kpi.metrics.definitions import ROLLED
from kpi.metrics.models import ComputeRun
from kpi.metrics.periods import Month, WrongPeriod
from kpi.metrics.queries import runs_of
from kpi.metrics.tasks import compute_run
from kpi.scorecards.filters import board_filter, companies_to_choose, month_asked, part_asked, whole_number, word
from kpi.scorecards.opened import chosen_indicator, opened, points_in_words, steps_of
from kpi.scorecards.queries import BY_SCORE, board, levels_for, months_to_choose, sheet, unit_for

UNITS_PER_PAGE = 60


@require_GET
@requires("score.read")
def board_page(request: SignedInRequest) -> HttpResponse:
    """`/scores/`: the units of a level in a month, ranked by what is certain."""
    at = timezone.now()
    wanted = board_filter(request, request.user, at)
    found = board(request.user, wanted.month, wanted.level, company=wanted.company, sort=wanted.sort)
    lines = [*found.ranked, *found.unranked]
    start = (wanted.page - 1) * UNITS_PER_PAGE
    companies = companies_to_choose(request.user)
    context = {
        "wanted": wanted,
        "board": found,
        "lines": lines[start : start + UNITS_PER_PAGE],
        "first_unranked": found.unranked[0].unit.pk if found.unranked else None,
        "columns": [
            {"label": label, "url": _url_with(request, sort=code), "current": code == wanted.sort}
            for code, label in ((BY_SCORE, _("得分")), *((one.code, one.name) for one in ROLLED))
        ],
        "months": [(str(month), month.first) for month in months_to_choose(at)],
        "levels": [(level, UnitKind(level).label) for level in levels_for(request.user)],
        "companies": [(unit.code, unit.name) for unit in companies] if wanted.level != UnitKind.COMPANY else [],
        "next_url": _url_with(request, page=wanted.page + 1) if start + UNITS_PER_PAGE < len(lines) else "",
        "prev_url": _url_with(request, page=wanted.page - 1) if wanted.page > 1 else "",
        "may_compute": may(request.user, "score.compute") and wanted.month.start <= at,
        "many_companies": wanted.company is None and bool(companies) and wanted.level != UnitKind.COMPANY,
    }
    return render(request, "kpi/scorecards/board.html", context)


@require_GET
@requires("score.read")
def detail(request: SignedInRequest, period: str, code: str) -> HttpResponse:
    """`/scores/<period>/<unit code>/`: how the score came about; `?m=` opens an indicator, `?part=` its rows,
    `?run=` an earlier version. For htmx the opened indicator alone.
    """
    try:
        month = Month.parse(period)
    except WrongPeriod as error:
        raise Http404(period) from error
    unit = unit_for(request.user, code)
    if unit is None:
        raise Http404(code)
    shown = sheet(request.user, unit, month, run_id=whole_number(request, "run"))
    line = chosen_indicator(shown.scored, word(request, "m"), shown.beside)
    here = reverse("scorecards:detail", args=[str(month), unit.code])
    kept = {} if shown.is_newest or shown.run is None else {"run": str(shown.run.pk)}
    context: dict[str, Any] = {
        "sheet": shown,
        "line": line,
        "opened": opened(
            shown.values.get(line.indicator.code), part_asked(request), request.user, after=request.GET.get("after", "")
        ),
        "steps": steps_of(shown.scored),
        "arithmetic": points_in_words(line),
        "moved": None
        if shown.scored.value is None or shown.before.value is None
        else shown.scored.value - shown.before.value,
        "here": here,
        "kept": f"&{urlencode(kept)}" if kept else "",
        "last_month": str(month.shifted(-1)),
        "next_month": str(month.shifted(1)) if month.shifted(1).start <= timezone.now() else "",
        "may_compute": may(request.user, "score.compute") and month.start <= timezone.now(),
    }
    template = "_opened.html" if request.htmx.target == "opened" else "detail.html"
    return render(request, f"kpi/scorecards/{template}", context)


@require_POST
@requires("score.compute")
def compute(request: SignedInRequest) -> HttpResponse:
    """Ask for the computation of a month; the worker does it, the board shows how far it is."""
    at = timezone.now()
    period = request.POST.get("period", "")[:20]
    back = f"{reverse('scorecards:list')}?{urlencode({'period': str(month_asked(period, at))})}"
    try:
        run = begin_run(period, by=request.user, at=at)
    except BusinessError as error:
        messages.error(request, str(error))
        return redirect(back)
    transaction.on_commit(lambda: _send(run))
    return redirect(back)


@require_GET
@requires("score.read")
def progress(request: SignedInRequest, period: str) -> HttpResponse:
    """How far the running computation of a month is, for the board to ask every second; when it is over, the board
    is told to load itself again."""
    try:
        runs = runs_of(Month.parse(period))
    except WrongPeriod as error:
        raise Http404(period) from error
    page = render(request, "kpi/scorecards/_progress.html", {"run": runs.running, "period": period})
    if runs.running is None:
        page["HX-Refresh"] = "true"
    return page


def _send(run: ComputeRun) -> None:
    try:
        compute_run.delay(run.pk)
    except OperationalError:  # no broker: the run must not look busy for half an hour
        give_up(run, at=timezone.now(), error="no worker")


def _url_with(request: SignedInRequest, **changes: object) -> str:
    """The present address with other parameters; another order starts on the first page again."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"
