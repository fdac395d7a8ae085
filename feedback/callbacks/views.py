"""`/callbacks/`: the queue by duty at the left, the call at the right. No modal windows; the list keeps its place."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.customers.actions import reveal_phone
from cxorders.customers.policy import may_reveal
from cxorders.kit import formats
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import SignedInRequest, may, requires
from feedback.callbacks import actions, policy
from feedback.callbacks.enums import NOT_REACHED_RESULTS, WAITING_STATES, AttemptResult, CallbackState
from feedback.callbacks.filters import duty_from, place_from, place_text
from feedback.callbacks.forms import MissForm, ScriptForm
from feedback.callbacks.models import Callback
from feedback.callbacks.queries import script_items
from feedback.callbacks.queries.listing import DUTIES, counters, lines_of, one, page_of
from feedback.probes.queries import counts_for


@require_GET
@requires("callback.read")
def queue(request: SignedInRequest) -> HttpResponse:
    """The queue; the first call-back of the chosen duty stands open at the right."""
    return _page(request, None)


@require_GET
@requires("callback.read")
def detail(request: SignedInRequest, key: int) -> HttpResponse:
    """The same page with one call-back open; htmx asks for its pane alone."""
    return _page(request, _seen(request, key))


@require_POST
@requires("callback.work")
def claim(request: SignedInRequest, key: int) -> HttpResponse:
    """Take a call-back; `asked` says that the customer wanted this very time."""
    asked = request.POST.get("asked") == "1"
    return _act(
        request, key, lambda callback: actions.claim(
            callback, by=request.user, at=timezone.now(), customer_asked=asked
        )
    )  # fmt: skip


@require_POST
@requires("callback.work")
def release(request: SignedInRequest, key: int) -> HttpResponse:
    """Give it back without a try."""
    return _act(request, key, lambda callback: actions.release(callback, by=request.user, at=timezone.now()))


@keeps
@requires("callback.work")
def finish(request: SignedInRequest, key: int) -> HttpResponse:
    """Save the answers and go to the next; a refusal keeps every answer. GET only after an expired session."""
    callback = _seen(request, key)
    kept = take_back(request) if request.method == "GET" else None
    if request.method != "POST" and kept is None:
        return redirect(_url(callback, duty_from(request)))
    form = _script(callback, kept[0] if kept else request.POST)
    if kept or not form.is_valid():
        return _page(request, callback, form=form, status=200 if kept else 422)
    return _act(
        request, key,
        lambda one: actions.finish(one, by=request.user, at=timezone.now(), **form.result()),
        done=_("已保存并锁定。"), form=form, onwards=True,
    )  # fmt: skip


@require_POST
@requires("callback.work")
def missed(request: SignedInRequest, key: int) -> HttpResponse:
    """Nobody was reached."""
    form = MissForm(request.POST)
    if not form.is_valid():
        return _page(request, _seen(request, key), miss=form, status=422)
    return _act(
        request, key,
        lambda callback: actions.record_not_reached(
            callback, by=request.user, at=timezone.now(), **form.cleaned_data
        ),
        done=_("已记下没接通，按规则换时段再打。"), onwards=True,
    )  # fmt: skip


@require_POST
@requires("callback.work")
def refuse(request: SignedInRequest, key: int) -> HttpResponse:
    """The customer does not want to be asked."""
    return _act(
        request, key, lambda callback: actions.refuse(callback, by=request.user, at=timezone.now()),
        done=_("已记为客户拒绝回访。"), onwards=True,
    )  # fmt: skip


@require_POST
@requires("customer.reveal")
def reveal(request: SignedInRequest, key: int) -> HttpResponse:
    """The full number of a call one holds; logged. Answers with the number, for 15 minutes at most."""
    callback, now = _seen(request, key), timezone.now()
    if callback.customer is None or callback.claimed_by_id != request.user.pk:
        raise NotAllowed()
    context = {
        "masked": formats.mask_phone(callback.customer.phone),
        "number": reveal_phone(callback.customer, by=request.user, at=now),
        "seen_at": f"{timezone.localtime(now):%H:%M}",
    }
    return render(request, "feedback/callbacks/_number.html", context)


def _seen(request: SignedInRequest, key: int) -> Callback:
    callback = one(request.user, key)
    if callback is None:
        raise Http404(str(key))
    return callback


def _act(
    request: SignedInRequest,
    key: int,
    take: Callable[[Callback], Any],
    *,
    done: str = "",
    form: ScriptForm | None = None,
    onwards: bool = False,
) -> HttpResponse:
    """Take one step; a refusal shows the page again with what was typed, under its own status."""
    callback = _seen(request, key)
    try:
        take(callback)
    except NotAllowed:
        raise
    except BusinessError as error:
        if form is not None and error.field in form.fields:
            form.add_error(error.field, str(error))
        return _page(request, _seen(request, key), form=form, problem=error, status=error.status)
    if done:
        messages.success(request, done, extra_tags=f"callback-{key}")
    duty = duty_from(request)
    if onwards:
        return redirect(
            f"{reverse('callbacks:list')}?{urlencode({'duty': duty})}" if duty else reverse("callbacks:list")
        )
    return redirect(_url(callback, duty))


def _url(callback: Callback, duty: str) -> str:
    return f"{reverse('callbacks:detail', args=[callback.pk])}{f'?duty={duty}' if duty else ''}"


def _script(callback: Callback, data: Any = None) -> ScriptForm:
    return ScriptForm(data, script=callback.script_code, items=script_items(callback.script_code))


def _page(
    request: SignedInRequest,
    chosen: Callback | None,
    *,
    form: ScriptForm | None = None,
    miss: MissForm | None = None,
    problem: BusinessError | None = None,
    status: int = 200,
) -> HttpResponse:
    now, only_pane = timezone.now(), request.htmx.target == "pane" and status == 200
    context: dict[str, Any] = {"now": now}
    duty = duty_from(request)
    if not only_pane:
        numbers = counters(request.user, at=now)
        duty = duty or next((name for name in DUTIES if numbers.tabs[name]), "today")
        lines, after = page_of(request.user, duty, at=now, after=place_from(request))
        first = lines[0].callback if lines else None
        is_open = chosen is not None
        chosen = chosen or first
        context |= {
            "lines": lines,
            "line_count": len(lines),
            "numbers": numbers,
            "tabs": _tabs(duty, numbers.tabs),
            "next": f"?{urlencode({'duty': duty, 'after': place_text(after)})}" if after else "",
            "is_open": is_open,
            "owed": counts_for(request.user, now) if may(request.user, "callback.work") else None,
        }
    context |= {"duty": duty, "chosen": chosen}
    if chosen is not None:
        context |= _pane(request, chosen, form, miss, problem)
    return render(request, f"feedback/callbacks/{'_pane' if only_pane else 'list'}.html", context, status=status)


def _tabs(duty: str, numbers: dict[str, int]) -> list[dict[str, Any]]:
    url = reverse("callbacks:list")
    return [
        {"label": str(label), "url": f"{url}?duty={name}", "count": numbers[name] or None, "current": name == duty}
        for name, label in DUTIES.items()
    ]


def _pane(
    request: SignedInRequest,
    chosen: Callback,
    form: ScriptForm | None,
    miss: MissForm | None,
    problem: BusinessError | None,
) -> dict[str, Any]:
    """The call at the right: who, why, what to say, the script when it is mine."""
    user, now = request.user, timezone.now()
    mine = chosen.state == CallbackState.IN_CALL and chosen.claimed_by_id == user.pk
    held = chosen.state == CallbackState.IN_CALL and not mine and (chosen.claimed_until or now) > now
    script = form or (_script(chosen) if mine else None)
    customer = chosen.customer
    return {
        "line": lines_of([chosen], at=now)[0],
        "mine": mine,
        "held": held,
        "waits": chosen.state in WAITING_STATES,
        "may_call": policy.may_call(user, chosen),
        "party": policy.is_party(user, chosen),
        "script": script,
        "script_lines": script.lines() if script else [],
        "miss": miss or MissForm(),
        "results": [(code.value, code.label) for code in NOT_REACHED_RESULTS if code != AttemptResult.APPOINTMENT],
        "problem": problem,
        "attempts": list(chosen.attempts.all()),
        "masked": formats.mask_phone(customer.phone) if customer else "",
        "may_reveal": mine and customer is not None and may_reveal(user, customer),
    }
