"""Finding customers."""

import re

from django.db.models import Q, QuerySet

from cxorders.customers.models import Customer
from cxorders.customers.panels import looked_up
from cxorders.kit.numbering import key_of
from cxorders.organisation.models import User

SHORTEST_TAIL = 4
MOST = 20
FULL_PHONE = 11


def digits_of(text: str) -> str:
    """Only the digits of `text`, full-width ones included."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def _looks_like_phone(text: str) -> bool:
    """Whether `text` has nothing but digits and the signs people put between them."""
    return bool(text) and re.fullmatch(r"[\d\s()（）+＋\-－—*]+", text) is not None


def matching(user: User, text: str) -> QuerySet[Customer]:
    """Customers in reach whose phone (full, or a tail of four digits and more), number, name or address fits `text`.

    Nothing for an empty text. Order: newest first.
    """
    text = " ".join(text.split())
    rows = Customer.objects.visible_to(user)
    key = key_of("KH", text)
    if not text:
        return rows.none()
    if key is not None:
        return rows.filter(pk=key).order_by("-pk")
    known_above = looked_up(user, text)
    if known_above:
        return rows.filter(pk__in=known_above).order_by("-pk")
    digits = digits_of(text)
    if _looks_like_phone(text) and len(digits) >= SHORTEST_TAIL:
        bare = digits[2:] if digits.startswith("86") and len(digits) == FULL_PHONE + 2 else digits
        exact = Q(phone=bare)
        return rows.filter(exact if len(bare) >= FULL_PHONE else exact | Q(phone__endswith=bare)).order_by("-pk")
    fits = Q(name__icontains=text) | Q(salutation__icontains=text)
    fits |= Q(pk__in=_at_address(user, text))
    return rows.filter(fits).order_by("-pk")


def _at_address(user: User, text: str) -> QuerySet:
    rows = Customer.objects.visible_to(user)
    for word in text.split():
        rows = rows.filter(premises__address__icontains=word)
    return rows.order_by().values("pk")


def find(user: User, text: str, limit: int = MOST) -> list[Customer]:
    """At most `limit` customers that fit `text`, with their premises; see `matching`.

    An order number is looked up by the room that owns orders (`panels.register_lookup`).
    """
    return list(matching(user, text).prefetch_related("premises")[:limit])


def page_of(user: User, text: str, after: int | None, size: int = MOST) -> tuple[list[Customer], int | None]:
    """Customers that fit `text`, or with no text the newest ones in reach, by keyset on the key; and the next place."""
    rows = matching(user, text) if text.strip() else Customer.objects.visible_to(user)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("company").prefetch_related("premises").order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def customer_by_number(user: User, number: str) -> Customer | None:
    """The customer in reach under a customer number (KH-…) or the bare key; None otherwise."""
    key = key_of("KH", number)
    if key is None and number.isascii() and number.isdecimal() and len(number) < 19:
        key = int(number)
    if key is None:
        return None
    return Customer.objects.visible_to(user).filter(pk=key).select_related("company").first()
