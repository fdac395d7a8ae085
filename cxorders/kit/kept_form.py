"""A form sent after the session had expired is not lost: its fields wait in the new session until sign-in.

A view asks for it with `@keeps`; `LoginRequired` keeps the fields; after sign-in the same address is opened with GET
and the view takes them back with `take_back`. Files cannot be kept and are chosen again.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict

KEY = "kept_form"
MOST = 40_000
"""characters of the encoded form; a session is no place for more"""
AUTHOR = "typed_by"
"""name of the hidden field with the key of the person who typed; nobody else gets the form back"""

V = TypeVar("V", bound=Callable[..., Any])


def keeps(view: V) -> V:
    """Mark a view whose form is kept over sign-in."""
    view.keeps_form = True  # type: ignore[attr-defined]
    return view


def keep(request: HttpRequest, view: Any) -> None:
    """Put the posted fields of a marked view into the (anonymous) session; sign-in carries them over."""
    if request.method != "POST" or not getattr(view, "keeps_form", False):
        return
    fields = request.POST.copy()
    fields.pop("csrfmiddlewaretoken", None)
    encoded = fields.urlencode()
    if len(encoded) <= MOST:
        request.session[KEY] = {"path": request.path, "fields": encoded, "files": bool(request.FILES)}


def take_back(request: HttpRequest) -> tuple[QueryDict, bool] | None:
    """The kept fields of this address, once, and whether files had been chosen; only for the person who typed them."""
    kept = request.session.get(KEY)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[KEY]
    fields = QueryDict(kept["fields"], mutable=True)
    return (fields, bool(kept["files"])) if fields.get(AUTHOR) == str(request.user.pk) else None
