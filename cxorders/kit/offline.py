"""Pages a phone may keep and show again while it has no network; `templates/web/worker.js` does the keeping."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.http import HttpResponse

P = ParamSpec("P")
HEADER = "Cx-Offline"


def kept_offline(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Let phones keep the page of `view` for a day. Only for pages that show nothing a log must know of."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        if response.status_code == 200:
            response[HEADER] = "keep"
        return response

    return marked
