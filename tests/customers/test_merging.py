"""Two rows that are one customer: what follows, what is refused, and that undoing puts everything back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from cxorders.customers.actions import (
    MergeCircle,
    MergeCompanies,
    MergedAlready,
    MergeSame,
    MergeUndone,
    ReasonMissing,
    merge_customers,
    set_do_not_call,
    undo_merge,
)
from cxorders.customers.models import Customer, Merge
from cxorders.customers.queries import customer_by_number, find, same_customer, twins_of
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed
from cxorders.organisation.roles import ROLES
from feedback.intake.models import Record
from feedback.issues.models import Issue
from feedback.issues.queries import issue_of
from tests.factories.accounts import a_contact, a_member
from tests.factories.catalogue import the_catalogue
from tests.factories.feedback import a_bad_record, a_record
from tests.factories.orders import MONDAY, a_customer, an_order
from tests.factories.organisation import a_person, a_world, department_in

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def merge(kept, gone, *, by=None, reason="同一电话，客户确认"):
    return merge_customers(kept, gone, by=by, at=MONDAY, reason=reason)


def fresh(*customers):
    return [Customer.objects.get(pk=customer.pk) for customer in customers]


def test_everything_follows_and_no_fact_is_rewritten(world, client_as):
    kept, gone = a_customer(world.company), a_customer(world.company, address="梧桐苑 2-1-902")
    order = an_order(company=world.company, by=world.owner, customer=gone)
    record = a_record(by=world.owner, customer=gone, verbatim="师傅很细心", key_point="KP-BH-01", at=MONDAY)
    a_member(gone, name="周强")
    a_contact(gone, by=world.owner, summary="问什么时候来装")
    merge(kept, gone)

    page = client_as(world.owner).get(reverse("customers:detail", args=[kept.number])).content.decode()
    for told in (order.number, "师傅很细心", "周强", "问什么时候来装", "梧桐苑 2-1-902", gone.number):
        assert told in page, told
    assert (Record.objects.get(pk=record.pk).customer_id, same_customer(kept.pk)) == (gone.pk, [kept.pk, gone.pk])


def test_bad_news_of_either_joins_one_issue(world):
    kept, gone = a_customer(world.company), a_customer(world.company)
    first = a_bad_record(company=world.company, customer=gone, at=MONDAY)
    merge(kept, gone)
    again = a_bad_record(company=world.company, customer=kept, at=MONDAY + timedelta(hours=3))

    assert issue_of(again) == issue_of(first)
    assert Issue.objects.count() == 1


def test_only_the_one_that_stays_is_found(world):
    kept = a_customer(world.company, name="周敏", salutation="", phone="13812345678")
    gone = a_customer(world.company, name="周小敏", salutation="", phone="13912345679", address="梧桐苑 2-1-902")
    merge(kept, gone)

    for text in ("13912345679", "5679", "周小敏", "梧桐苑", gone.number, kept.number):
        assert find(world.owner, text) == [kept], text
    assert customer_by_number(world.owner, gone.number) == kept


def test_undoing_puts_everything_back(world):
    kept, gone = a_customer(world.company), a_customer(world.company)
    set_do_not_call(gone, by=world.owner, at=MONDAY, value=True, reason="上夜班")
    before = [(one.merged_into_id, one.do_not_call, one.do_not_call_reason) for one in fresh(kept, gone)]
    made = merge(kept, gone)
    joined = fresh(kept)[0]
    assert (joined.do_not_call, joined.do_not_call_reason) == (True, "上夜班")

    undo_merge(made, by=None, at=MONDAY)

    assert [(one.merged_into_id, one.do_not_call, one.do_not_call_reason) for one in fresh(kept, gone)] == before
    assert same_customer(kept.pk) == [kept.pk]
    rows = Entry.objects.filter(subject_label="cxorders.customer", verb__startswith="customer.merge").order_by("pk")
    assert [row.verb for row in rows] == [
        "customer.merged", "customer.merged_away", "customer.merge_undone", "customer.merge_undone",
    ]  # fmt: skip
    with pytest.raises(MergeUndone):
        undo_merge(made, by=None, at=MONDAY)
    merge(kept, gone)


def test_what_was_merged_before_goes_along_and_comes_back(world):
    top, middle, low = (a_customer(world.company) for _ in range(3))
    lower = merge(middle, low)
    upper = merge(top, middle)
    assert {one.merged_into_id for one in fresh(middle, low)} == {top.pk}

    undo_merge(upper, by=None, at=MONDAY)
    assert [one.merged_into_id for one in fresh(top, middle, low)] == [None, None, middle.pk]

    merge(top, middle)
    undo_merge(lower, by=None, at=MONDAY)
    assert [one.merged_into_id for one in fresh(top, middle, low)] == [None, top.pk, None]


def test_what_makes_no_sense_is_refused(world):
    first, second, third = (a_customer(world.company) for _ in range(3))
    stranger = a_customer(world.other)
    with pytest.raises(MergeSame):
        merge(first, first)
    with pytest.raises(MergeCompanies):
        merge(first, stranger)
    with pytest.raises(ReasonMissing):
        merge(first, second, reason=" ")
    merge(first, second)
    with pytest.raises(MergeCircle):
        merge(second, first)
    with pytest.raises(MergedAlready) as told:
        merge(third, second)
    assert first.number in str(told.value)
    with pytest.raises(MergedAlready):
        merge(second, third)
    assert Merge.objects.count() == 1


def test_the_second_of_two_merges_at_once_sees_the_first(world):
    """Both were read before either wrote: the verb looks again under its lock."""
    first, second, third = (a_customer(world.company) for _ in range(3))
    stale = fresh(first, second)
    merge(third, second)
    with pytest.raises(MergedAlready):
        merge(*stale)


def test_managers_and_quality_merge_and_nobody_else(world):
    kept, gone = a_customer(world.company), a_customer(world.company)
    home = department_in(world.company, "D-HOME")
    for person in (world.owner, world.stranger, a_person("handler", at=home), a_person("auditor", at=world.group)):
        with pytest.raises(NotAllowed):
            merge(kept, gone, by=person)
    assert {code for code, role in ROLES.items() if role.may("customer.merge")} == {
        "dept_mgr", "gatekeeper", "branch_leader", "hq_cs",
    }  # fmt: skip
    undo_merge(merge(kept, gone, by=a_person("hq_cs", at=world.group)), by=world.supervisor, at=MONDAY)


def test_twins_are_suggested_by_number_and_by_name_at_one_address(world):
    customer = a_customer(world.company, name="周敏", phone="13812345678", address="望江路 1 号")
    by_number = a_customer(world.company, name="周先生", phone="13812345678", address="别处 2 号")
    by_home = a_customer(world.company, name="周敏", phone="13800000000", address="望江路 1 号")
    a_customer(world.company, name="赵丽", phone="13800000001", address="望江路 1 号")
    a_customer(world.other, name="周敏", phone="13812345678", address="望江路 1 号")
    homes = list(customer.premises.order_by("pk"))

    twins = twins_of(customer, homes)

    assert [(twin.customer, twin.same_phone) for twin in twins] == [(by_number, True), (by_home, False)]
    merge(customer, by_number)
    assert [twin.customer for twin in twins_of(fresh(customer)[0], homes)] == [by_home]


# ---- pages -------------------------------------------------------------------------------------------------------


def test_comparing_choosing_and_undoing_over_http(world, client_as):
    first, second = a_customer(world.company), a_customer(world.company)
    an_order(company=world.company, by=world.owner, customer=second)
    client = client_as(world.supervisor)
    address = reverse("customers:merge", args=[first.number, second.number])
    page = client.get(address).content.decode()
    assert first.number in page
    assert second.number in page

    refused = client.post(address, {"keep": second.number, "reason": " "})
    assert refused.status_code == 422
    done = client.post(address, {"keep": second.number, "reason": "客户确认"})
    assert done.url == reverse("customers:detail", args=[second.number])
    assert fresh(first)[0].merged_into_id == second.pk

    undo = reverse("customers:unmerge", args=[second.number, Merge.objects.get().pk])
    assert client_as(world.owner).post(undo).status_code == 403
    assert client.post(undo).url == done.url
    assert fresh(first)[0].merged_into_id is None
    assert client.post(undo).status_code == 404


def test_nonsense_on_the_merge_page_is_no_error(world, client_as):
    first, second = a_customer(world.company), a_customer(world.company)
    client = client_as(world.supervisor)
    address = reverse("customers:merge", args=[first.number, second.number])

    assert client.post(address, {"keep": "x", "reason": "长" * 900}).status_code == 422
    assert client.get(reverse("customers:merge", args=[first.number, first.number])).status_code == 200
    assert client.get(reverse("customers:merge", args=[first.number, "KH-26-99999"])).status_code == 404
    foreign = a_customer(world.other)
    assert client.get(reverse("customers:merge", args=[first.number, foreign.number])).status_code == 404
