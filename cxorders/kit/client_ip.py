"""Where a request came from, when there may be reverse proxies in between."""

from django.conf import settings
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    """Return the address of the client.

    With ``CX_PROXIES=0`` (the default) it is the peer of the socket and the ``X-Forwarded-For`` header is ignored,
    because anybody can send it. With ``CX_PROXIES=n`` it is the n-th address from the right of that header: the one
    that the outermost of our own n proxies saw. A header that is too short falls back to the peer.
    """
    peer: str = request.META.get("REMOTE_ADDR", "") or ""
    if settings.CX_PROXIES < 1:
        return peer
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.CX_PROXIES] if len(hops) >= settings.CX_PROXIES else peer
