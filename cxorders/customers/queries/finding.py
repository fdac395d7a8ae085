"""Finding customers."""

import re
from collections.abc import Iterable

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from cxorders.customers.models import Customer, Member, Premises
from cxorders.customers.panels import looked_up
from cxorders.kit.numbering import key_of
from cxorders.organisation.models import User

SHORTEST_TAIL = 4
MOST = 20
FULL_PHONE = 11
COUNTRY = "86"


def digits_of(text: str) -> str:
    """Only the digits of `text`, full-width ones included."""
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def looks_like_phone(text: str) -> bool:
    """Whether `text` has nothing but digits and the signs people put between them."""
    return bool(text) and re.fullmatch(r"[\d\s()（）+＋\-－—*]+", text) is not None


def without_country(digits: str) -> str:
    """The digits without +86 or 0086."""
    bare = digits[2:] if digits.startswith("00" + COUNTRY) else digits
    return bare[2:] if bare.startswith(COUNTRY) and len(bare) == FULL_PHONE + 2 else digits


def matching(user: User, text: str) -> QuerySet[Customer]:
    """Customers in reach whose phone (full, or a tail of four digits and more), number, name or address fits `text`.

    A customer is also found by what was merged into it and, by a full number, through the people of its account; one
    that was merged never stands for itself. Nothing for an empty text. Order: newest first.
    """
    text = " ".join(text.split())
    rows = Customer.objects.visible_to(user).order_by("-pk")
    key = key_of("KH", text)
    if not text:
        return rows.none()
    if key is not None:
        return _that_stand(rows, Q(pk=key))
    known_above = looked_up(user, text)
    if known_above:
        return _that_stand(rows, Q(pk__in=known_above))
    digits = digits_of(text)
    if looks_like_phone(text) and len(digits) >= SHORTEST_TAIL:
        bare = without_country(digits)
        if len(bare) >= FULL_PHONE:
            return rows.filter(pk__in=keys_by_phone(user, bare))
        return _that_stand(rows, Q(phone=bare) | Q(phone__endswith=bare))
    fits = Q(name__icontains=text) | Q(salutation__icontains=text)
    fits |= Q(pk__in=_at_address(user, text))
    return _that_stand(rows, fits)


def _that_stand(rows: QuerySet[Customer], fits: Q) -> QuerySet[Customer]:
    """Rows that fit or took in one that fits; merged ones are read by their own small index."""
    absorbed = Customer.objects.filter(fits, merged_into__isnull=False).order_by().values("merged_into")
    return rows.filter(fits | Q(pk__in=absorbed), merged_into=None)


def keys_by_phone(user: User, phone: str) -> list[int]:
    """Keys of customers in reach with exactly this number: their own, of one merged into them, of a person of the
    account. One statement over the two indexes of numbers.
    """
    seen = Customer.objects.visible_to(user).order_by()
    own = seen.filter(phone=phone).values_list(Coalesce("merged_into_id", "pk"), flat=True)
    people = Member.objects.filter(phone=phone, ended_on=None, customer__in=seen).order_by()
    through = people.values_list(Coalesce("customer__merged_into_id", "customer_id"), flat=True)
    return sorted(set(own.union(through)))


def _at_address(user: User, text: str) -> QuerySet:
    rows = Customer.objects.visible_to(user)
    for word in text.split():
        rows = rows.filter(premises__address__icontains=word)
    return rows.order_by().values("pk")


def all_keys(keys: Iterable[int]) -> list[int]:
    """`keys` and those of the customers merged into them."""
    standing = list(keys)
    absorbed = Customer.objects.filter(merged_into_id__in=standing).order_by("pk") if standing else ()
    return [*standing, *(row.pk for row in absorbed)]


_SAME = (
    "SELECT other.id FROM cxorders_customer me JOIN cxorders_customer other "
    "ON other.id = COALESCE(me.merged_into_id, me.id) OR other.merged_into_id = COALESCE(me.merged_into_id, me.id) "
    "WHERE me.id = %s ORDER BY other.id"
)


def same_customer(key: int) -> list[int]:
    """Keys of all rows that are the customer `key`: the one that stands and what was merged into it.

    By hand: it stands on the path of bad submissions. Every lookup goes by the key or the index of merged ones.
    """
    with connection.cursor() as cursor:
        cursor.execute(_SAME, [key])
        return [row[0] for row in cursor.fetchall()]


def find(user: User, text: str, limit: int = MOST) -> list[Customer]:
    """At most `limit` customers that fit `text`, with their premises; see `matching`.

    An order number is looked up by the room that owns orders (`panels.register_lookup`).
    """
    return with_homes(list(matching(user, text)[:limit]))


def page_of(user: User, text: str, after: int | None, size: int = MOST) -> tuple[list[Customer], int | None]:
    """Customers that fit `text`, or with no text the newest ones in reach, by keyset on the key; and the next place."""
    newest = Customer.objects.visible_to(user).filter(merged_into=None)
    rows = matching(user, text) if text.strip() else newest
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.select_related("company").order_by("-pk")[: size + 1])
    return with_homes(found[:size]), found[size - 1].pk if len(found) > size else None


def with_homes(customers: list[Customer]) -> list[Customer]:
    """The customers with `premises` read: those in force, of what was merged into them as well. Two queries."""
    standing = [customer.pk for customer in customers]
    absorbed = Customer.objects.filter(merged_into_id__in=standing).order_by("pk").values_list("pk", "merged_into_id")
    owner = {key: key for key in standing} | {key: into for key, into in absorbed if into} if standing else {}
    homes: dict[int, list[Premises]] = {key: [] for key in standing}
    rows = Premises.objects.filter(customer_id__in=sorted(owner), ended_on=None).order_by("pk") if owner else ()
    for home in rows:
        homes[owner[home.customer_id]].append(home)
    for customer in customers:
        read = Premises.objects.filter(customer=customer)
        read._result_cache = homes[customer.pk]
        read._prefetch_done = True  # type: ignore[attr-defined]
        customer._prefetched_objects_cache = {"premises": read}  # type: ignore[attr-defined]
    return customers


def people_with_phone(customers: list[Customer], phone: str) -> dict[int, Member]:
    """Customer key → the person of the account who has this number."""
    keys = all_keys(customer.pk for customer in customers)
    rows = Member.objects.filter(customer_id__in=keys, phone=phone, ended_on=None).order_by("pk")
    owners = rows.annotate(owner=Coalesce("customer__merged_into_id", F("customer_id")))
    return {member.owner: member for member in owners}


def customer_by_number(user: User, number: str) -> Customer | None:
    """The customer in reach under a customer number (KH-…) or the bare key; None otherwise.

    The number of a merged customer opens the one it was merged into.
    """
    key = key_of("KH", number)
    if key is None and number.isascii() and number.isdecimal() and len(number) < 19:
        key = int(number)
    if key is None:
        return None
    rows = Customer.objects.visible_to(user).select_related("company")
    found = rows.filter(pk=key).first()
    if found is None or found.merged_into_id is None:
        return found
    return rows.filter(pk=found.merged_into_id).first()
