"""Tokens nobody can guess: the key of a link and 144 bits of signature over it."""

import base64
import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from touchpoints.progress.models import ProgressLink

_PATTERN = re.compile(r"([1-9][0-9]{0,17})-([A-Za-z0-9_-]{24})", re.ASCII)
SALT = "touchpoints.progress"


def token_of(link: ProgressLink) -> str:
    """The token of `link`, as it stands in the address."""
    return f"{link.pk}-{_signature(link, settings.SECRET_KEY)}"


def key_in(token: str) -> int | None:
    """The key of the link a token names, or None for what never was a token."""
    match = _PATTERN.fullmatch(token)
    return int(match[1]) if match is not None else None


def is_genuine(token: str, link: ProgressLink) -> bool:
    """Whether `token` is the one of `link`; also under a secret key that was in use before."""
    given = token.partition("-")[2]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(given, _signature(link, key)) for key in keys)


def _signature(link: ProgressLink, secret: str) -> str:
    value = f"{link.pk}:{link.order_id}:{link.nonce}"
    digest = salted_hmac(SALT, value, secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
