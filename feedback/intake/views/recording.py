"""The record form and the page that finds whom it is about."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from cxorders.kit.errors import BusinessError
from cxorders.kit.kept_form import keeps, take_back
from cxorders.organisation.access import requires
from cxorders.organisation.models import User
from feedback.contacts.actions import became
from feedback.contacts.models import Contact
from feedback.contacts.queries.listing import contact_by_number
from feedback.intake import queries
from feedback.intake.actions import RecordDraft, submit_record
from feedback.intake.forms import RecordForm, draft_from, is_key, methods_for
from feedback.intake.models import Record
from feedback.intake.queries import Place
from feedback.intake.showing import draft_key
from feedback.intake.views.signed_in import person
from touchpoints.catalogue.models import KeyPoint

ABOUT = ("order", "stage", "customer", "key_point")


@keeps
@requires("record.create")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The record form; without an order, customer or key point the page to find one. POST seals the record."""
    if request.method == "POST":
        return _submit(request)
    kept = take_back(request)
    if kept is not None:
        fields, had_files = kept
        notes = [_("登录过期前填写的内容已找回，可以直接提交。")]
        if had_files:
            notes.append(_("照片需要重新选。"))
        return _form_again(request, fields, notes=notes)
    place = _place(request, request.GET)
    if place.sheet is None and not _knows_whom(place, request.GET):
        return _find_page(request, place)
    contact = _contact(request)
    words = {"verbatim": contact.summary} if contact is not None else {}
    return _form_page(request, place, _form(request, place, initial=_preset() | words))


def _contact(request: HttpRequest) -> Contact | None:
    """The contact this record is made of, where the form was opened from one (RT-04)."""
    number = request.POST.get("contact") or request.GET.get("contact")
    return contact_by_number(person(request), number) if number else None


def _preset() -> dict[str, Any]:
    return {"client_key": uuid4(), "occurred_at": timezone.localtime(), "anonymous_reason": _("客户不愿留名")}


def _knows_whom(place: Place, query: Mapping[str, str]) -> bool:
    named = place.order is not None or place.customer is not None
    return named or (query.get("anonymous") == "1" and place.company is not None)


def _submit(request: HttpRequest) -> HttpResponse:
    if "change" in request.POST:  # another key point for what is already typed
        fields = request.POST.copy()
        fields["key_point"] = request.POST["change"]
        notes = [_("照片需要重新选。")] if request.FILES else []
        return _form_again(request, fields, notes=notes)
    place, now = _place(request, request.POST, full=False), timezone.now()
    methods = methods_for(person(request), place, place.catalogue.reference)
    draft = draft_from(request.POST, place, methods, at=now, photos=request.FILES.getlist("photos"))
    if draft is None:
        return _refused(request, None)
    try:
        record = submit_record(draft, by=person(request), at=now, sheet=place.sheet)
    except BusinessError as error:
        return _refused(request, error)
    if (contact := _contact(request)) is not None:
        became(contact, number=record.number, by=person(request), at=now)
    if record.submitted_at == now or _is_the_same(record, draft):
        return redirect(f"{reverse('intake:detail', args=[record.number])}?sealed=1")
    # the key was used for other words: nothing that was typed may vanish behind an old record
    fields = request.POST.copy()
    fields["client_key"] = str(uuid4())
    again = _("这份表单刚才已提交为 %s。如果下面是另一条反馈，请再点一次提交。") % record.number
    return _form_again(request, fields, notes=[again], status=409)


def _refused(request: HttpRequest, error: BusinessError | None) -> HttpResponse:
    """The form with everything typed still in it and every reason why it was not taken."""
    place = _place(request, request.POST)
    fields = request.POST.copy()
    outdated = not is_key(fields.get("client_key", ""))
    if outdated:
        fields["client_key"] = str(uuid4())
    form = _form(request, place, data=fields, files=request.FILES)
    form.full_clean()
    if outdated:
        form.add_error(None, _("这份表单已经过时，现在是新的一份，请再点一次提交。"))
    if error is not None:
        form.add_error(error.field if error.field in form.fields else None, str(error))
    _say_what_is_missing(form, place)
    names = "、".join(file.name or "?" for file in request.FILES.getlist("photos"))
    if names and "photos" not in form.errors:
        form.add_error("photos", _("请重新选照片：%s") % names)
    return _form_page(request, place, form, status=422)


def _say_what_is_missing(form: RecordForm, place: Place) -> None:
    words = {"order": _("订单"), "stage": _("环节"), "customer": _("客户"), "key_point": _("关键点")}
    for what in place.missing:
        form.add_error(None, _("所选的%s不在您的范围内，请重新选择。") % words[what])
    if place.company is None:
        form.add_error(None, _("请先选订单或客户。"))
    elif place.sheet is None:
        form.add_error(None, _("请先选关键点。"))


def _is_the_same(record: Record, draft: RecordDraft) -> bool:
    typed = draft.verbatim.replace("\r\n", "\n").strip()
    ratings = {str(draft.rating), *(str(value) for value in draft.answers.values())}
    return record.verbatim == typed and (record.rating is None or str(record.rating) in ratings)


def _place(request: HttpRequest, fields: Mapping[str, str], *, full: bool = True) -> Place:
    """The place named by the form, else by the address it was sent to."""
    named = {name: fields.get(name, request.GET.get(name, "")) for name in ABOUT}
    return queries.place_of(person(request), full=full, **named)


def _form(request: HttpRequest, place: Place, **given: Any) -> RecordForm:
    methods = methods_for(person(request), place, place.catalogue.reference)
    if "initial" in given and methods:
        asked = request.GET.get("method", "")  # a probe says by which method it is to be asked
        usual = asked if asked in {method.code for method in methods} else methods[0].code
        given["initial"].setdefault("method", usual)
    return RecordForm(place=place, methods=methods, author=person(request), **given)


def _form_again(request: HttpRequest, fields: QueryDict, *, notes: list[str], status: int = 200) -> HttpResponse:
    """The form with what was typed before, not yet judged."""
    place = _place(request, fields)
    typed: dict[str, Any] = _preset() | {name: value for name, value in fields.items() if name not in ABOUT}
    typed["ticked_problem"] = "ticked_problem" in fields
    form = _form(request, place, initial=typed)
    if typed.get("method") not in form.methods and form.methods:
        form.initial["method"] = next(iter(form.methods))
    return _form_page(request, place, form, notes=notes, status=status, typed=True)


def _form_page(
    request: HttpRequest, place: Place, form: RecordForm, *, notes: list[str] | None = None,
    status: int = 200, typed: bool = False,
) -> HttpResponse:  # fmt: skip
    own, others = queries.key_points_near(place)
    page = {
        "place": place,
        "form": form,
        "own_points": own,
        "other_points": others,
        "home": _home(person(request), others),
        "draft_key": draft_key(place),
        "bound": form.is_bound or typed,
        "notes": notes or [],
        "anonymous": place.customer is None,
        "address": _address(place),
        "contact": _contact(request),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "feedback/intake/_sheet.html" if part else "feedback/intake/new.html", page, status=status)


def _home(user: User, points: Mapping[str, Sequence[KeyPoint]]) -> str:
    """The name of the touchpoint the person works at, which stands open in the picker."""
    code = user.active_grant.unit.touchpoint_code if user.active_grant is not None else ""
    return next((name for name, rows in points.items() if rows[0].touchpoint.code == code), "")


def _address(place: Place) -> str:
    if place.order is not None and place.order.premises is not None:
        return place.order.premises.address
    first = place.customer.premises.order_by("pk").first() if place.customer is not None else None
    return first.address if first is not None else ""


def _find_page(request: HttpRequest, place: Place) -> HttpResponse:
    text = request.GET.get("q", "")
    page = {
        "text": text,
        "found": queries.find_places(person(request), text) if text else None,
        "stages": queries.my_stages(person(request)),
        "may_be_nameless": place.company is not None,
        "missing": bool(place.missing),
    }
    return render(request, "feedback/intake/find.html", page, status=404 if place.missing else 200)


@requires("record.create")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """Search results under the box of the find page."""
    text = request.GET.get("q", "")
    found = queries.find_places(person(request), text)
    return render(request, "feedback/intake/_found.html", {"found": found, "text": text})
