"""Pages of imports: the list, a new one, matching columns, one import from check to result."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from kombu.exceptions import OperationalError

from cxorders.kit.errors import BusinessError
from cxorders.organisation.access import SignedInRequest, may, requires
from cxorders.transfer import actions, policy
from cxorders.transfer.enums import AT_WORK, BatchState
from cxorders.transfer.forms import ColumnsForm, NewForm, ReasonForm
from cxorders.transfer.kinds import all_kinds
from cxorders.transfer.models import Batch
from cxorders.transfer.queries import batch_by_number, errors_of, failure_of, kind_for, page_of, sample_rows
from cxorders.transfer.tasks import run_batch


def batch_or_404(request: SignedInRequest, number: str) -> Batch:
    """The import in reach; nobody else's is there."""
    batch = batch_by_number(request.user, number)
    if batch is None:
        raise Http404(number)
    return batch


def send(batch: Batch) -> None:
    """Hand the batch to the worker once this transaction is through; the sweep finds it where that fails."""

    def deliver() -> None:
        try:
            run_batch.delay(batch.pk)
        except OperationalError:
            return

    transaction.on_commit(deliver)


@require_GET
@requires("import.read")
def batch_list(request: SignedInRequest) -> HttpResponse:
    """`/transfer/`: imports in reach, newest first."""
    place = request.GET.get("after", "")
    after = int(place) if place.isascii() and place.isdecimal() and len(place) < 19 else None
    state = request.GET.get("state", "")
    found, following = page_of(request.user, after, state=state if state in BatchState.values else "")
    query = request.GET.copy()
    query["after"] = str(following or "")
    grant = request.user.active_grant
    context = {
        "rows": [(batch, kind_for(batch), progress_of(batch)) for batch in found],
        "next": f"?{query.urlencode()}" if following else "",
        "states": BatchState.choices,
        "filtered": bool(state),
        "now": timezone.now(),
        "working": any(batch.state in AT_WORK for batch in found),
        "may_run": may(request.user, policy.RUN),
        "several": grant is not None and grant.unit.company_id is None,
    }
    template = "_rows.html" if request.htmx.target == "imports" else "list.html"
    return render(request, f"cxorders/transfer/{template}", context)


@require_http_methods(["GET", "POST"])
@requires("import.run")
def new(request: SignedInRequest) -> HttpResponse:
    """A file for a new import. The same content again leads to the earlier one."""
    companies = policy.companies_for(request.user)
    form = NewForm(
        request.POST or None, request.FILES or None, companies=companies, initial={"kind": request.GET.get("kind", "")}
    )
    status, earlier = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():
            file = form.cleaned_data["file"]
            try:
                batch = actions.hand_in(
                    company=form.unit(), kind_code=form.cleaned_data["kind"], stream=file, filename=file.name,
                    size=file.size, by=request.user, at=timezone.now(),
                )  # fmt: skip
            except BusinessError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
                status = error.status
                if isinstance(error, actions.AlreadyHandedIn):
                    earlier = error.values["number"]
            else:
                return redirect("transfer:columns", batch.number)
    context = {"form": form, "kinds": all_kinds(), "earlier": earlier}
    return render(request, "cxorders/transfer/new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires("import.run")
def columns(request: SignedInRequest, number: str) -> HttpResponse:
    """Which column of the file is what; sent, the worker checks every row."""
    batch = batch_or_404(request, number)
    if not policy.possible(batch, BatchState.MAPPED) and batch.state != BatchState.MAPPED:
        return redirect("transfer:detail", batch.number)
    kind = kind_for(batch)
    samples = sample_rows(batch)
    names = [f"{name}（{'、'.join(values[:2])}）" if values else name for _place, name, values in samples]
    form = ColumnsForm(request.POST or None, kind=kind, headers=names, places=batch.mapping)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                send(actions.match_columns(batch, form.places(), by=request.user, at=timezone.now()))
            except BusinessError as error:
                form.add_error(None, str(error))
                status = error.status
            else:
                return redirect("transfer:detail", batch.number)
    used = set(batch.mapping.values())
    left = [name for place, name, _values in samples if place not in used]
    context = {"batch": batch, "kind": kind, "form": form, "left": left}
    return render(request, "cxorders/transfer/columns.html", context, status=status)


@require_GET
@requires("import.read")
def detail(request: SignedInRequest, number: str) -> HttpResponse:
    """One import: progress, preview or result."""
    return _page(request, batch_or_404(request, number))


def _page(request: SignedInRequest, batch: Batch, *, form: ReasonForm | None = None, status: int = 200) -> HttpResponse:
    mine = policy.may_run(request.user, batch)
    can: Callable[[str], bool] = lambda target: mine and policy.possible(batch, target)  # noqa: E731
    context = {
        "batch": batch,
        "kind": kind_for(batch),
        "progress": progress_of(batch),
        "working": batch.state in AT_WORK,
        "counted": batch.total > 0 and batch.state != BatchState.CHECKING,
        "complaints": errors_of(batch),
        "failure": failure_of(batch),
        "form": form or ReasonForm(),
        "may_match": can(BatchState.MAPPED) and not batch.loaded,
        "may_load": can(BatchState.LOADING) and (batch.good > 0) and _goes_on(batch),
        "may_discard": can(BatchState.DISCARDED) and not batch.loaded,
        "may_undo": can(BatchState.UNDOING) and batch.loaded > 0,
        "now": timezone.now(),
    }
    return render(request, "cxorders/transfer/detail.html", context, status=status)


def _goes_on(batch: Batch) -> bool:
    """Whether loading is what comes next: not after a check that broke, not after an undo that stopped half-way."""
    return batch.state != BatchState.FAILED or (batch.started_at is not None and not batch.taken_back)


@require_GET
@requires("import.read")
def progress(request: SignedInRequest, number: str) -> HttpResponse:
    """How far the worker is, for the page to ask every second; when it is over the page is told to load again."""
    batch = batch_or_404(request, number)
    working = batch.state in AT_WORK
    context = {"batch": batch, "progress": progress_of(batch), "working": working}
    answer = render(request, "cxorders/transfer/_progress.html", context)
    if not working:
        answer["HX-Refresh"] = "true"
    return answer


def progress_of(batch: Batch) -> dict[str, Any]:
    """Rows done and rows there are, as far as known: while a file is checked its length is not known yet."""
    if batch.state == BatchState.CHECKING:
        return {"done": batch.total, "all": None, "share": None}
    if batch.state == BatchState.UNDOING or (batch.state == BatchState.FAILED and batch.taken_back):
        whole = batch.taken_back + batch.loaded
        return {"done": batch.taken_back, "all": whole, "share": batch.taken_back * 100 // whole if whole else 0}
    done = batch.loaded + batch.bad if batch.state != BatchState.PREVIEWED else 0
    share = min(100, done * 100 // batch.total) if batch.total else 0
    return {"done": min(done, batch.total), "all": batch.total, "share": share}


@require_POST
@requires("import.run")
def load(request: SignedInRequest, number: str) -> HttpResponse:
    """Load the good rows, or go on where it stopped."""
    batch = batch_or_404(request, number)
    return _act(request, batch, lambda: send(actions.start_loading(batch, by=request.user, at=timezone.now())))


@require_POST
@requires("import.run")
def throw_away(request: SignedInRequest, number: str) -> HttpResponse:
    """Nothing of the file is wanted."""
    batch = batch_or_404(request, number)
    done = _("已放弃，没有导入任何数据。")
    return _act(request, batch, lambda: actions.discard(batch, by=request.user, at=timezone.now()), done)


@require_POST
@requires("import.run")
def undo(request: SignedInRequest, number: str) -> HttpResponse:
    """Take back what the import made, with a reason."""
    batch = batch_or_404(request, number)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        send(actions.ask_undo(batch, by=request.user, at=timezone.now(), reason=reason))
    except actions.ReasonMissing:
        return _page(request, batch, form=form, status=422)
    except BusinessError as error:
        messages.error(request, str(error))
    return redirect("transfer:detail", batch.number)


def _act(request: SignedInRequest, batch: Batch, act: Callable[[], object], done: str = "") -> HttpResponse:
    try:
        act()
    except BusinessError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, done)
    return redirect("transfer:detail", batch.number)
