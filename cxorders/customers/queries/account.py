"""What one account holds: people, premises, care, hints, merges, and who may be the same customer."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cxorders.customers.models import Care, Customer, Hint, Member, Merge, Premises
from cxorders.organisation.models import User

MOST = 50
MOST_TWINS = 4


@dataclass(frozen=True)
class Account:
    """Everything the floor knows of one customer; `past` lists what has ended."""

    premises: list[Premises]
    past_premises: list[Premises]
    members: list[Member]
    past_members: list[Member]
    cares: list[Care]
    hints: list[Hint]
    merges: list[Merge]

    @property
    def people(self) -> int:
        """How many further persons belong to it."""
        return len(self.members)

    @property
    def homes(self) -> int:
        """How many premises it covers."""
        return len(self.premises)


def account_of(customer: Customer, day: date) -> Account:
    """The account on the local day `day`. Five queries, and one for the keys."""
    keys = customer.keys
    premises = list(Premises.objects.filter(customer_id__in=keys).order_by("pk")[:MOST])
    members = list(Member.objects.filter(customer_id__in=keys).order_by("pk")[:MOST])
    hints = Hint.objects.in_force(day).filter(customer_id__in=keys).select_related("author", "customer")
    merges = Merge.objects.filter(kept_id__in=keys, undone_at=None).select_related("merged", "by", "kept")
    return Account(
        premises=[home for home in premises if home.ended_on is None],
        past_premises=[home for home in premises if home.ended_on is not None],
        members=[person for person in members if person.ended_on is None],
        past_members=[person for person in members if person.ended_on is not None],
        cares=list(Care.objects.filter(customer_id__in=keys, ended_at=None).order_by("code", "pk")),
        hints=list(hints.order_by("-at", "-pk")[:MOST]),
        merges=list(merges.order_by("-at", "-pk")),
    )


@dataclass(frozen=True)
class Twin:
    """Another customer of the company that may be the same one, and what the two have in common."""

    customer: Customer
    same_phone: bool


def twins_of(customer: Customer, premises: list[Premises]) -> list[Twin]:
    """Customers of the same company with the same number, or the same name at the same address. Two queries."""
    others = Customer.objects.filter(company_id=customer.company_id, merged_into=None).exclude(pk=customer.pk)
    found: dict[int, Twin] = {}
    if customer.phone:
        for other in others.filter(phone=customer.phone).order_by("pk")[:MOST_TWINS]:
            found[other.pk] = Twin(other, same_phone=True)
    addresses = [home.address for home in premises]
    if addresses:
        there = Premises.objects.filter(company_id=customer.company_id, address__in=addresses, ended_on=None)
        keys = there.exclude(customer_id__in=customer.keys).order_by("pk").values_list("customer_id", flat=True)[:MOST]
        for other in others.filter(pk__in=list(keys), name=customer.name).order_by("pk")[:MOST_TWINS]:
            found.setdefault(other.pk, Twin(other, same_phone=False))
    return list(found.values())[:MOST_TWINS]


def standing_customer(user: User, key: int) -> Customer | None:
    """A customer in reach that was not merged into another, with its company."""
    return Customer.objects.visible_to(user).filter(pk=key, merged_into=None).select_related("company").first()


def member_of(customer: Customer, key: int) -> Member | None:
    """A person of the account, or None."""
    return Member.objects.filter(customer_id__in=customer.keys, pk=key).select_related("customer").first()


def premises_of(customer: Customer, key: int) -> Premises | None:
    """Premises of the account, or None."""
    return Premises.objects.filter(customer_id__in=customer.keys, pk=key).select_related("customer").first()


def care_of(customer: Customer, key: int) -> Care | None:
    """A care of the account that is in force, or None."""
    rows = Care.objects.filter(customer_id__in=customer.keys, pk=key, ended_at=None)
    return rows.select_related("customer").first()


def hint_of(customer: Customer, key: int) -> Hint | None:
    """A hint of the account that nobody has ended, or None."""
    rows = Hint.objects.filter(customer_id__in=customer.keys, pk=key, ended_at=None)
    return rows.select_related("customer").first()


def merge_of(customer: Customer, key: int) -> Merge | None:
    """A merge of the account that holds, or None."""
    rows = Merge.objects.filter(Q(kept_id__in=customer.keys), pk=key, undone_at=None)
    return rows.select_related("kept", "merged").first()
