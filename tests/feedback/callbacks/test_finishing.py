"""What a saved call becomes: a sealed record, sealed answers, the end or the next round of an issue, the end of an
order (C9, C10, I19, I20, O15)."""

import pytest
from django.db import DatabaseError, connection, transaction

from feedback.callbacks import actions
from feedback.callbacks.actions.finishing import AnswersMissing, WrongAnswer
from feedback.callbacks.models import Callback, ScriptAnswer
from feedback.issues.models import Issue
from feedback.issues.queries import issue_of
from tests.factories.issues import HOUR, MONDAY, Office, a_callback, an_issue, an_office, brought_to, called, in_window
from tests.factories.orders import an_order
from tests.factories.orders import finish as finish_order
from touchpoints.orders.models import Order

pytestmark = pytest.mark.django_db
GROUND = (an_office,)


def an_order_callback(office: Office, kind: str = "OT-RETAIL-INSTALL") -> Callback:
    order = finish_order(an_order(kind, company=office.company, at=MONDAY), at=MONDAY + HOUR)
    callback = Callback.objects.get(order=order)
    actions.open_due(callback.window_start)
    callback.refresh_from_db()
    return callback


def test_the_call_becomes_a_record_at_the_issues_key_point_for_the_unit_that_did_the_work() -> None:
    office = an_office()

    callback = called(
        a_callback(office), office, rating=4, verbatim="装好了", answers={"P1": "1", "P2": "4", "P3": "2"}
    )

    record = callback.record
    assert (record.method.code, record.source, record.key_point.code, record.unit, record.collector) == (
        "FM-CB",
        "callback",
        "KP-HS-01",
        office.home,
        office.caller,
    )
    assert (record.rating, record.verbatim, record.negative) == (4, "装好了", False)
    assert [(row.item_code, int(row.number_value)) for row in callback.answers.all()] == [
        ("P1", 1),
        ("P2", 4),
        ("P3", 2),
    ]
    assert issue_of(record) == callback.issue


def test_saved_answers_are_sealed_by_the_database() -> None:
    office = an_office()
    called(a_callback(office), office, answers={"P1": "1"})

    for change in ("UPDATE feedback_scriptanswer SET number_value = 0", "DELETE FROM feedback_scriptanswer"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
    assert ScriptAnswer.objects.count() == 1


def test_a_customer_who_does_not_rate_still_confirms() -> None:
    office = an_office()

    callback = called(a_callback(office), office, rating=None, verbatim="弄好了就行")

    callback.issue.refresh_from_db()
    assert (callback.issue.state, callback.issue.closing_rating, callback.record.no_answer) == (
        "closed",
        None,
        "refused",
    )


@pytest.mark.parametrize(
    ("solved", "rating", "state"), [(True, 3, "closed"), (True, 2, "reopened"), (False, 5, "reopened")]
)
def test_solved_and_at_least_three_closes_everything_else_reopens(solved: bool, rating: int, state: str) -> None:
    office = an_office()

    callback = called(a_callback(office), office, solved=solved, rating=rating)

    callback.issue.refresh_from_db()
    assert callback.issue.state == state
    assert Issue.objects.count() == 1  # what the call heard of the same matter opens no second issue


def test_danger_heard_in_a_call_opens_its_own_issue() -> None:
    office = an_office()

    callback = called(a_callback(office), office, solved=False, rating=1, verbatim="又漏气了，一屋子臭味")

    assert sorted(Issue.objects.values_list("state", "severity__code")) == [
        ("dispatched", "SEV1"),
        ("reopened", "SEV3"),
    ]
    assert callback.record.safety


def test_a_content_customer_closes_the_order() -> None:
    office = an_office()
    callback = an_order_callback(office)

    called(callback, office, rating=5)

    order = Order.objects.get(pk=callback.order_id)
    assert (order.state, callback.state, callback.record.order) == ("closed", "finished", order)
    assert callback.record.key_point in callback.record.stage.stage_type.key_points.all()


@pytest.mark.parametrize(
    ("result", "category"),
    [
        ({"solved": False, "rating": 4}, None),
        ({"solved": True, "rating": 2}, None),
        ({"solved": True, "rating": 5, "answers": {"C5": "1"}}, "IC-INS-CORRUPT"),
    ],
)
def test_bad_news_about_an_order_opens_an_issue_and_keeps_the_order_open(
    result: dict[str, object], category: str | None
) -> None:
    office = an_office()
    callback = an_order_callback(office)

    called(callback, office, **result)

    issue = Issue.objects.get()
    assert (issue.order_id, issue.owner, issue.source) == (callback.order_id, office.caller, "callback")
    assert category is None or issue.category.code == category
    assert Order.objects.get(pk=callback.order_id).state == "observing"


def test_the_order_closes_when_its_last_issue_does() -> None:
    office = an_office()
    callback = an_order_callback(office)
    issue = an_issue(office, order=callback.order, customer=callback.customer, key_point="KP-HS-01", at=MONDAY + HOUR)
    called(callback, office)
    assert Order.objects.get(pk=callback.order_id).state == "observing"

    brought_to("verifying", issue, office, at=in_window(callback) + HOUR)
    verifying = issue.callbacks.get()
    actions.open_due(verifying.window_start)
    verifying.refresh_from_db()
    called(verifying, office)

    assert Order.objects.get(pk=callback.order_id).state == "closed"


def test_without_an_answer_to_the_first_question_nothing_is_saved() -> None:
    office = an_office()
    callback = a_callback(office)

    with pytest.raises(AnswersMissing):
        called(callback, office, solved=None)

    callback.refresh_from_db()
    assert (callback.state, callback.record, callback.attempts.count()) == ("in_call", None, 0)


@pytest.mark.parametrize("answers", [{"P2": "6"}, {"P2": "0"}, {"P1": "2"}, {"P3": "sehr"}, {"P3": "³"}])
def test_answers_stay_on_their_scale(answers: dict[str, str]) -> None:
    office = an_office()

    with pytest.raises(WrongAnswer):
        called(a_callback(office), office, answers=answers)
