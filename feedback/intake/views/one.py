"""One record: its page, its notes, its photos."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.shown_photo import shown_photo
from cxorders.organisation.access import may, requires
from feedback.intake import panels, queries
from feedback.intake.actions import append_note
from feedback.intake.forms import NoteForm
from feedback.intake.models import Record
from feedback.intake.policy import may_note
from feedback.intake.showing import answers_of, draft_key, meta_of
from feedback.intake.views.signed_in import person


def _seen(request: HttpRequest, number: str) -> Record:
    record = queries.record_by_number(person(request), number)
    if record is None:
        raise Http404
    return record


@requires("record.read")
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """One record: the sealed words, answers, photos, notes, and what became of it."""
    record = _seen(request, number)
    if "sealed" in request.GET and record.collector_id == request.user.pk:  # just submitted: the draft may go
        messages.success(request, _("%s 已锁定，各级同时看到") % record.number, extra_tags=draft_key(record))
    return _detail_page(request, record, NoteForm())


def _detail_page(request: HttpRequest, record: Record, form: NoteForm, status: int = 200) -> HttpResponse:
    fate = panels.fates([record], person(request)).get(record.pk)
    context = {
        "record": record,
        "meta": meta_of(record),
        "answers": answers_of(record),
        "fate": fate,
        "note_form": form,
        "may_note": may_note(person(request), record),
        "may_create": may(person(request), "record.create"),
        "is_mine": record.collector_id == person(request).pk,
        "now": timezone.now(),
    }
    return render(request, "feedback/intake/detail.html", context, status=status)


@requires("record.note")
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Append a note under a record."""
    record = _seen(request, number)
    if not may_note(person(request), record):
        raise NotAllowed()
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            append_note(record, by=person(request), at=timezone.now(), text=form.cleaned_data["text"])
        except BusinessError as error:
            form.add_error("text", str(error))
        else:
            messages.success(request, _("说明已追加"), extra_tags=f"note-{record.pk}")
            return redirect("intake:detail", number=record.number)
    return _detail_page(request, record, form, status=422)


@requires("record.read")
@require_GET
def photo(request: HttpRequest, number: str, key: int) -> HttpResponse:
    """A photo of a record, for those who may see the record; there is no other way to the file."""
    record = _seen(request, number)
    found = next((row for row in record.attachments.all() if row.pk == key), None)
    return shown_photo(found.file if found is not None else None)
