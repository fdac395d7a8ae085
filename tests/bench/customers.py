"""What opening a customer by phone costs among a hundred times as many customers, with all that belongs to them."""

from itertools import cycle
from time import perf_counter

from django.db import connection, models
from django.db.models import Count
from django.test import Client
from django.urls import reverse

from cxorders.customers.models import Care, Customer, Hint, Member, Premises
from feedback.contacts.models import Contact
from feedback.intake.models import Record
from tests.bench import world
from tests.bench.timing import typical
from touchpoints.orders.models import Order

PHONES = 60
SHIFT = f"customer_id + copy * {world.STEP}"


def grow_customers(target: int) -> tuple[int, float]:
    """(customers, seconds) after copying customers to about `target`, with addresses, people, care, hints, contacts;
    with their orders and records too, unless an earlier part of the same run has copied those.
    """
    began = perf_counter()
    originals = Customer.objects.filter(pk__lt=world.STEP).count()
    factor = max(round(target / originals), 1)
    digits = "(id * 48271 + copy * 7919317) % 10000000000"
    padded = f"lpad(CAST({digits} AS text), 10, '0')" if _postgres() else f"printf('%010d', {digits})"
    customers = world.grow(Customer, originals * factor, phone=f"'1' || {padded}", client_key="NULL")
    key = "gen_random_uuid()" if _postgres() else "lower(hex(randomblob(16)))"
    for model, keys in (
        (Premises, {}), (Member, {"client_key": "NULL"}), (Care, {}), (Hint, {"client_key": "NULL"}),
        (Contact, {"client_key": "NULL"}), (Order, {"client_key": "NULL", "parent_id": "NULL"}),
        (Record, {"client_key": key}),
    ):  # fmt: skip
        _grow(model, factor, **keys)
    world.settle()
    return customers, perf_counter() - began


def _postgres() -> bool:
    return connection.vendor == "postgresql"


def _grow(model: type[models.Model], factor: int, **keys: str) -> None:
    originals = model._default_manager.filter(pk__lt=world.STEP).count()
    if originals:
        world.grow(model, originals * factor, customer_id=SHIFT, **keys)


def known_phones(company_id: int) -> list[str]:
    """Numbers of customers of one company for whom something is going on, each the only one who has it."""
    theirs = Customer.objects.filter(company_id=company_id, pk__lt=world.STEP, orders__isnull=False).exclude(phone="")
    rows = theirs.order_by("pk").values_list("phone", flat=True).distinct()
    found = list(rows[: PHONES * 2])
    shared = Customer.objects.filter(phone__in=found).order_by().values("phone").annotate(many=Count("pk"))
    twice = set(shared.filter(many__gt=1).values_list("phone", flat=True))
    return [phone for phone in found if phone not in twice][:PHONES]


def seconds_by_phone(client: Client, company_id: int, rounds: int) -> float:
    """Median seconds from the number to the page of the customer."""
    phones = cycle(known_phones(company_id))
    address = reverse("customers:list")

    def get() -> None:
        answer = client.get(address, {"phone": next(phones)})
        if answer.status_code != 200 or b"data-address" not in answer.content:
            raise RuntimeError(f"no customer opened: {answer.status_code}")

    return typical(get, max(rounds // 2, 5))
