"""The one way a stored photo reaches a browser: as the picture it was checked to be, for this person only."""

from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse

KEPT_SECONDS = 3600


def shown_photo(file: FieldFile | None) -> HttpResponse:
    """The photo in `file`, to be looked at; nobody but the browser keeps it. Raises Http404 where there is none.

    Photos are stored by `kit.photos` only, as PNG or JPEG; the view has asked whether the person may see it.
    """
    if not file or not file.storage.exists(str(file.name)):
        raise Http404
    kind = "image/png" if str(file.name).endswith(".png") else "image/jpeg"
    with file.open("rb") as stored:
        response = HttpResponse(stored.read(), content_type=kind)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return response
