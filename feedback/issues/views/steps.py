"""The steps of an issue as resources: GET shows the small form, POST takes the step (DESIGN §5.3).

The table of steps is the only list: buttons, forms, addresses and verbs all come from it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from cxorders.kit.errors import BusinessError, NotAllowed, WrongState
from cxorders.kit.kept_form import keeps, take_back
from cxorders.kit.numbering import key_of
from cxorders.kit.states import may_move
from cxorders.organisation.access import SignedInRequest, requires
from cxorders.organisation.models import User
from feedback.issues import actions, forms, policy
from feedback.issues.actions.handling import PAUSES_AT_MOST
from feedback.issues.enums import ISSUE_TRANSITIONS, ClosedHow, IssueState
from feedback.issues.models import Issue

S = IssueState
Label = str | Promise


@dataclass(frozen=True)
class Step:
    """One thing a person may do to an issue."""

    code: str
    label: Label
    icon: str
    done: Label
    """what the person is told afterwards"""
    form: type[forms.StepForm]
    take: Callable[..., Any]
    """the verb: (issue, by=, at=, **fields of the form)"""
    allowed: Callable[[User, Issue], bool]
    possible: Callable[[Issue], bool]
    follows: Label = ""
    """the consequence, said beside the button"""
    hint: Callable[[Issue], Label] = lambda issue: ""
    primary: bool = False
    grave: bool = False


def _to(target: str) -> Callable[[Issue], bool]:
    return lambda issue: may_move(ISSUE_TRANSITIONS, issue.state, target)


def _may_pause(issue: Issue) -> bool:
    safe = issue.severity is not None and issue.severity.pausable
    running = issue.due_at is not None and timezone.now() < issue.due_at
    return _to(S.PENDING_CUSTOMER)(issue) and safe and running and _pauses_left(issue) > 0


def _pauses_left(issue: Issue) -> int:
    return PAUSES_AT_MOST - len(issue.pauses.all())


def _close(issue: Issue, *, by: User, at: datetime, reason: str) -> Issue:
    return actions.close(issue, by=by, at=at, how=ClosedHow.EXCEPTION, reason=reason)


STEPS: dict[str, Step] = {
    step.code: step
    for step in (
        Step(
            "accept", _("接收"), "user-check", _("已接收，首问负责已移交。"), forms.AcceptForm, actions.accept,
            policy.may_accept, lambda issue: issue.state in (S.DISPATCHED, S.REOPENED),
            _("接收后由您首问负责，原负责人收到通知。"), primary=True,
        ),
        Step(
            "reply", _("答复并办结"), "message-check", _("已答复，转回访核实。"), forms.ReplyForm, actions.reply,
            policy.may_work, _to(S.REPLIED),
            _("提交后转回访核实：客户确认解决且评分 3 分以上才关闭。"), primary=True,
        ),
        Step(
            "contact", _("记一次客户联系"), "phone", _("已记下这次联系。"), forms.ContactForm, actions.contact_customer,
            policy.may_work, lambda issue: issue.state in (S.ACCEPTED, S.IN_PROGRESS, S.PENDING_CUSTOMER),
            _("第一次联系后进入处理中。"),
        ),
        Step(
            "resume", _("恢复计时"), "clock-check", _("已恢复计时，到期时间已顺延。"), forms.StepForm, actions.resume,
            policy.may_work, lambda issue: issue.state == S.PENDING_CUSTOMER,
            _("到期时间按挂起的工作时间顺延。"), primary=True,
        ),
        Step(
            "pause", _("挂起计时"), "player-pause", _("计时已挂起。"), forms.PauseForm, actions.pause,
            policy.may_work, _may_pause, _("到点自动恢复，到期时间顺延。"),
            hint=lambda issue: _("还可 %(n)s 次") % {"n": _pauses_left(issue)},
        ),
        Step(
            "redispatch", _("改派部门"), "send", _("已改派。"), forms.RedispatchForm, actions.redispatch,
            policy.may_manage, lambda issue: issue.state == S.DISPATCHED, _("时限不变，计时不停。"),
        ),
        Step(
            "reopen", _("重开"), "rotate-2", _("已重开，退回原部门。"), forms.ReasonForm, actions.reopen,
            policy.may_reopen, lambda issue: issue.state == S.CLOSED, _("30 天内同一件事再次发生时重开，时限减半。"),
        ),
        Step(
            "close", _("例外关闭"), "ban", _("已例外关闭。"), forms.ReasonForm, _close,
            policy.may_close_by_exception, _to(S.CLOSED), _("不算客户确认，不计入闭环率。"), grave=True,
        ),
    )
}  # fmt: skip


def issue_or_404(user: User, number: str) -> Issue:
    """The issue `number` inside the reach of `user`. Raises Http404."""
    key = key_of("WT", number)
    issues = Issue.objects.visible_to(user).select_related(
        "unit", "company", "owner", "author", "author_unit", "severity", "category", "key_point", "touchpoint",
        "customer", "order__order_type", "stage", "record__method", "record__collector", "record__collector_unit",
    )  # fmt: skip
    issue = issues.filter(pk=key).first() if key is not None else None
    if issue is None or issue.number != number.upper():
        raise Http404(number)
    return issue


def steps_for(user: User, issue: Issue) -> list[dict[str, Any]]:
    """The buttons of the page: what the table, the state and the person allow; one primary at most, first."""
    found = [step for step in STEPS.values() if step.possible(issue) and step.allowed(user, issue)]
    first = next((step for step in found if step.primary), None)
    found.sort(key=lambda step: (step is not first, step.grave))
    return [
        {
            "code": step.code,
            "label": step.label,
            "icon": step.icon,
            "hint": step.hint(issue),
            "url": reverse(f"issues:{step.code}", args=[issue.number]),
            "primary": step is first,
            "grave": step.grave,
        }
        for step in found
    ]


@keeps
@require_http_methods(["GET", "HEAD", "POST"])
@requires("issue.read")
def step(request: SignedInRequest, number: str, code: str) -> HttpResponse:
    """`/issues/<number>/<step>/`: the form of one step, and the step itself by POST.

    A refusal keeps what was typed; a lost race answers 409 with the present state beside the text.
    """
    issue, chosen, now = issue_or_404(request.user, number), STEPS[code], timezone.now()
    if not chosen.allowed(request.user, issue):
        raise NotAllowed()
    if request.method != "POST":
        kept = take_back(request)
        form = chosen.form(kept[0] if kept else None, issue=issue, user=request.user, at=now)
        problem = None if chosen.possible(issue) else WrongState()
        return _show(request, issue, chosen, form, problem, 409 if problem else 200)
    form = chosen.form(request.POST, issue=issue, user=request.user, at=now)
    if not form.is_valid():
        return _show(request, issue, chosen, form, None, 422)
    try:
        chosen.take(issue, by=request.user, at=now, **form.cleaned_data)
    except NotAllowed:
        raise
    except BusinessError as error:
        if error.field in form.fields:
            form.add_error(error.field, str(error))
            return _show(request, issue, chosen, form, None, error.status)
        issue = issue_or_404(request.user, number)
        return _show(request, issue, chosen, form, error, error.status)
    messages.success(request, str(chosen.done), extra_tags=_draft(issue, chosen))
    url = reverse("issues:detail", args=[issue.number]) if _still_seen(request.user, issue) else reverse("issues:list")
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _still_seen(user: User, issue: Issue) -> bool:
    return Issue.objects.visible_to(user).filter(pk=issue.pk).exists()


def _draft(issue: Issue, chosen: Step) -> str:
    return f"issue-{issue.pk}-{chosen.code}"


def _show(
    request: SignedInRequest,
    issue: Issue,
    chosen: Step,
    form: forms.StepForm,
    problem: BusinessError | None,
    status: int,
) -> HttpResponse:
    fragment = request.htmx and not request.htmx.boosted
    context = {
        "issue": issue,
        "step": chosen,
        "form": form,
        "problem": problem,
        "draft": _draft(issue, chosen),
        "url": reverse(f"issues:{chosen.code}", args=[issue.number]),
        "fragment": fragment,
        "crumbs": [
            {"label": str(_("问题流转")), "url": reverse("issues:list")},
            {"label": issue.number, "url": reverse("issues:detail", args=[issue.number])},
            {"label": str(chosen.label), "url": ""},
        ],
    }
    template = "_step.html" if fragment else "step.html"
    return render(request, f"feedback/issues/{template}", context, status=status)
