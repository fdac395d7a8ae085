"""Contacts: registering within the call, who answers for them until when, what they become."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from cxorders.customers.models import Customer
from cxorders.customers.panels import Why, known_of
from cxorders.journal.models import Entry
from cxorders.kit.errors import NotAllowed, WrongState
from cxorders.organisation import holdings
from feedback.contacts.actions import (
    AnswerMissing,
    DepartmentMissing,
    PromiseMissing,
    ReasonUnknown,
    SummaryMissing,
    answer_contact,
    became,
)
from feedback.contacts.enums import CONTACT_TRANSITIONS, ContactState, Outcome, Within
from feedback.contacts.models import Contact
from feedback.contacts.queries.listing import page_of
from feedback.contacts.queries.reasons import reasons
from feedback.intake.models import Record
from tests.factories.accounts import a_contact
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY, a_customer, an_order, shanghai
from tests.factories.organisation import a_person, a_world, department_in
from touchpoints.catalogue.models import Section

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
DAY = timedelta(days=1)


@pytest.fixture
def customer(world) -> Customer:
    return a_customer(world.company)


@pytest.fixture
def home(world):
    return department_in(world.company, "D-HOME")


def handed(customer, world, home, **more) -> Contact:
    return a_contact(customer, by=world.owner, outcome="handed", handed_to=home, within="1WD", **more)


# ---- the verb ----------------------------------------------------------------------------------------------------


def test_answered_at_once_is_over_at_once(world, customer):
    contact = a_contact(customer, by=world.owner, tags=["CT-UPSET", "CT-NONE", "CT-UPSET"])

    assert (contact.state, contact.ended_at, contact.ended_by) == (ContactState.ANSWERED, MONDAY, world.owner)
    assert (contact.unit, contact.owner, contact.tags) == (world.team, world.owner, ["CT-UPSET"])
    row = Entry.objects.get(verb="contact.registered")
    assert (row.subject_id, row.data["customer"]) == (contact.pk, customer.number)


@pytest.mark.parametrize(
    ("within", "due"),
    [
        ("4WH", "2026-09-14 15:30"),
        ("1WD", "2026-09-15 17:30"),
        ("2WD", "2026-09-16 17:30"),
        ("5WD", "2026-09-20 17:30"),
    ],
)
def test_the_promise_counts_on_the_calendar_of_the_department(world, customer, home, within, due):
    """The Sunday before the October holidays is a make-up day and counts."""
    contact = a_contact(customer, by=world.owner, outcome="handed", handed_to=home, within=within)

    assert (contact.state, contact.reply_due_at) == (ContactState.OPEN, shanghai(due))
    assert within in Within.values


def test_the_same_key_is_the_same_contact(world, customer):
    key = uuid4()

    assert a_contact(customer, by=world.owner, client_key=key) == a_contact(customer, by=world.owner, client_key=key)
    assert Contact.objects.count() == 1


def test_what_is_incomplete_or_foreign_is_refused(world, customer, home):
    for wrong, fields in (
        (ReasonUnknown, {"reason_code": "CR-NONE"}),
        (SummaryMissing, {"summary": " "}),
        (DepartmentMissing, {"outcome": "handed", "within": "1WD"}),
        (DepartmentMissing, {"outcome": "handed", "handed_to": world.team, "within": "1WD"}),
        (DepartmentMissing, {"outcome": "handed", "handed_to": department_in(world.other, "D-HOME"), "within": "1WD"}),
        (PromiseMissing, {"outcome": "handed", "handed_to": home, "within": "9WD"}),
        (NotAllowed, {"by": world.stranger}),
        (NotAllowed, {"by": a_person("auditor", at=world.group)}),
    ):
        with pytest.raises(wrong):
            a_contact(customer, **{"by": world.owner, **fields})
    assert not Contact.objects.exists()


def test_a_catalogue_without_reasons_leaves_one(world):
    assert [one.code for one in reasons()][:2] == ["CR-PROGRESS", "CR-COMPLAINT"]
    Section.objects.filter(code="contact_reasons").delete()
    assert [one.code for one in reasons()] == ["CR-OTHER"]


def test_who_registered_answers_until_the_customer_has_the_answer(world, customer, home):
    contact = handed(customer, world, home)
    assert [row.pk for row in page_of(world.owner, "mine").rows] == [contact.pk]
    handler = a_person("handler", at=home)
    assert [row.pk for row in page_of(handler, "unit").rows] == [contact.pk]
    for by in (world.stranger, a_person("front", at=world.team)):
        with pytest.raises(NotAllowed):
            answer_contact(contact, by=by, at=MONDAY, text="已告知")
    with pytest.raises(AnswerMissing):
        answer_contact(contact, by=handler, at=MONDAY, text=" ")
    answer_contact(contact, by=handler, at=MONDAY + DAY, text="已约 16 日上门")

    assert (contact.state, contact.answer, contact.ended_by) == (ContactState.ANSWERED, "已约 16 日上门", handler)
    assert page_of(world.owner, "mine").rows == []
    assert [row.pk for row in page_of(world.owner, "done").rows] == [contact.pk]
    with pytest.raises(WrongState):
        answer_contact(contact, by=handler, at=MONDAY, text="再说一次")


@pytest.mark.parametrize("source", ContactState.values)
@pytest.mark.parametrize("target", ["answered", "passed"])
def test_every_step_of_the_table(world, customer, home, source, target):
    contact = handed(customer, world, home)
    Contact.objects.filter(pk=contact.pk).update(state=source, ended_at=None if source == "open" else MONDAY)
    contact.refresh_from_db()
    possible = target in CONTACT_TRANSITIONS[source]
    if target == "passed":  # a contact that is over stays as it is
        became(contact, number="TY-26-00001", by=world.owner, at=MONDAY)
    elif possible:
        answer_contact(contact, by=world.owner, at=MONDAY, text="已告知")
    else:
        with pytest.raises(WrongState):
            answer_contact(contact, by=world.owner, at=MONDAY, text="已告知")
    contact.refresh_from_db()
    assert contact.state == (target if possible else source)


def test_nobody_leaves_an_open_contact_behind(world, customer, home):
    contact = handed(customer, world, home)
    colleague = a_person("front", at=world.team)
    assert [(one.code, number) for one, number in holdings.open_items(world.owner)] == [("contacts", 1)]
    holdings.hand_over(world.owner, colleague, by=world.supervisor, at=MONDAY)
    contact.refresh_from_db()

    assert (contact.owner, contact.by) == (colleague, world.owner)
    assert Entry.objects.filter(verb="contact.handed_over").count() == 1


def test_an_order_of_the_customer_is_what_the_contact_became(world, customer):
    other = a_contact(a_customer(world.company), by=world.owner, outcome="order")
    contact = a_contact(customer, by=world.owner, outcome="order")
    order = an_order(company=world.company, by=world.owner, customer=customer)
    contact.refresh_from_db()
    other.refresh_from_db()

    assert (contact.state, contact.became) == (ContactState.PASSED, order.number)
    assert other.state == ContactState.OPEN


def test_the_side_bar_counts_whose_customers_wait(world, customer, home, client_as):
    def counted(user) -> str | None:
        shell = client_as(user).get("/").context["shell"]
        return next(item["count"] for group in shell.nav for item in group["items"] if item["url"] == "/contacts/")

    assert counted(world.owner) is None
    contact = handed(customer, world, home)
    a_contact(customer, by=world.owner)
    assert counted(world.owner) == "1"
    assert counted(world.stranger) is None
    answer_contact(contact, by=world.owner, at=MONDAY + DAY, text="已电话答复")
    assert counted(world.owner) is None


# ---- what the customer page says ---------------------------------------------------------------------------------


def test_a_promised_answer_is_a_reason_and_a_late_one_is_a_hint(world, customer, home):
    contact = handed(customer, world, home)
    soon = known_of(customer, world.owner, MONDAY)
    assert soon.reason is not None
    assert (soon.reason.why, soon.clues) == (Why.ISSUE_WAITING, [])
    assert contact.number in soon.reason.source
    assert world.owner.name in soon.reason.source

    late = known_of(customer, world.owner, MONDAY + 3 * DAY)
    assert [clue.text for clue in late.clues] == ["答应的答复已过时：先致歉，当场催办"]


def test_who_comes_for_the_third_time_in_a_month_is_seen(world, customer):
    for day in (0, 40, 50, 60):
        a_contact(customer, by=world.owner, at=MONDAY + day * DAY)
    clues = known_of(customer, world.owner, MONDAY + 61 * DAY).clues

    assert [clue.text for clue in clues] == ["近 30 天已联系 3 次：这次就办完，别让客户再来"]
    assert "进度查询" in clues[0].source
    assert known_of(customer, world.owner, MONDAY + 85 * DAY).clues == []


# ---- pages -------------------------------------------------------------------------------------------------------


def form(**more: object) -> dict[str, object]:
    usual = {"reason": "CR-ASK", "summary": "问过户要带什么", "channel": "call", "outcome": "answered"}
    return {**usual, "client_key": str(uuid4()), **more}


def test_three_touches_and_one_sentence(world, client_as, customer):
    client = client_as(world.owner)
    page = client.get(reverse("customers:detail", args=[customer.number])).content.decode()
    assert reverse("contacts:register", args=[customer.number]) in page
    assert 'value="answered" id="id_outcome_0" checked' in page  # preset
    assert 'value="counter" id="id_channel_1" checked' in page  # by the post of the person
    sent = form(tags=["CT-UPSET"], channel="counter")
    answers = [client.post(reverse("contacts:register", args=[customer.number]), sent) for _ in range(2)]

    assert {answer.url for answer in answers} == {reverse("customers:detail", args=[customer.number])}
    contact = Contact.objects.get()
    assert (contact.channel, contact.tags, contact.summary) == ("counter", ["CT-UPSET"], "问过户要带什么")
    assert "咨询：问过户要带什么" in client.get(answers[0].url).content.decode()


@pytest.mark.parametrize(
    "fields",
    [{"reason": ""}, {"reason": "x"}, {"outcome": "handed"}, {"client_key": "x"}, {"tags": ["x"]}, {"channel": "x"}],
)
def test_a_refused_form_comes_back_as_it_was_typed(world, client_as, customer, fields):
    response = client_as(world.owner).post(reverse("contacts:register", args=[customer.number]), form(**fields))

    assert response.status_code == 422
    assert "问过户要带什么" in response.content.decode()
    assert not Contact.objects.exists()


def test_handed_to_a_department_and_answered_there(world, client_as, customer, home):
    client = client_as(world.owner)
    sent = form(outcome="handed", handed_to=home.pk, within="1WD")
    client.post(reverse("contacts:register", args=[customer.number]), sent)
    contact = Contact.objects.get()
    assert contact.number in client.get(reverse("contacts:list")).content.decode()
    handler = client_as(a_person("handler", at=home))
    assert contact.number in handler.get(reverse("contacts:list") + "?view=unit").content.decode()
    address = reverse("contacts:answer", args=[contact.number])
    assert handler.post(address, {"text": " "}).status_code == 422
    assert handler.post(address, {"text": "带身份证和房产证"}).status_code == 302
    assert handler.post(address, {"text": "再说一次"}).status_code == 409
    page = client.get(reverse("contacts:detail", args=[contact.number])).content.decode()

    assert "带身份证和房产证" in page
    assert contact.number not in client.get(reverse("contacts:list")).content.decode()
    assert contact.number in client.get(reverse("contacts:list") + "?view=done").content.decode()


def test_becoming_feedback_brings_the_words_along(world, client_as, customer):
    client = client_as(world.owner)
    onward = client.post(
        reverse("contacts:register", args=[customer.number]), form(outcome=Outcome.FEEDBACK, summary="嫌等得太久")
    ).url  # fmt: skip
    contact = Contact.objects.get()
    assert contact.state == ContactState.OPEN
    page = client.get(onward + "&key_point=KP-BH-01").content.decode()
    assert "嫌等得太久" in page
    assert f'name="contact" value="{contact.number}"' in page
    sent = {
        "customer": customer.pk, "key_point": "KP-BH-01", "contact": contact.number, "verbatim": "嫌等得太久",
        "no_answer": "", "method": "FM-FRONT", "client_key": str(uuid4()),
        "occurred_at": f"{timezone.localtime():%Y-%m-%dT%H:%M}", "rating": "4", "q_KP-BH-01-Q1": "4",
    }  # fmt: skip
    client.post(reverse("intake:new"), sent)
    record = Record.objects.get()
    contact.refresh_from_db()

    assert (contact.state, contact.became) == (ContactState.PASSED, record.number)


def test_becoming_an_order_opens_its_form_with_the_customer(world, client_as, customer):
    client = client_as(world.owner)
    onward = client.post(reverse("contacts:register", args=[customer.number]), form(outcome=Outcome.ORDER)).url
    page = client.get(onward).content.decode()

    assert reverse("orders:new") in onward
    assert f'value="{customer.pk}:" checked' in page


def test_what_others_took_is_not_there(world, client_as, customer):
    contact = a_contact(customer, by=world.owner)
    outside = client_as(a_person("front", at=department_in(world.company, "D-ENG")))
    for client in (client_as(world.stranger), outside):
        assert client.get(reverse("contacts:detail", args=[contact.number])).status_code == 404
        assert client.post(reverse("contacts:answer", args=[contact.number]), {"text": "x"}).status_code == 404
    assert client_as(world.stranger).get(reverse("contacts:register", args=[customer.number])).status_code == 404
    for number in ("LX-26-99999", "x", "KH-26-00001", "9" * 40):
        assert outside.get(f"/contacts/{number}/").status_code == 404
