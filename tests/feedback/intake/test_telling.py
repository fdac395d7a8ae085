"""What customers said stands beside the stages of their order and on their own page."""

import pytest
from django.urls import reverse

from feedback.intake.queries.telling import marks_of_stages
from tests.factories.feedback import a_bad_record, a_record
from tests.factories.orders import an_order, complete_current_stage, current_stage
from tests.factories.organisation import a_person, team_of
from touchpoints.orders.panels import StageMark

pytestmark = pytest.mark.django_db


def test_stages_carry_their_ratings_and_words(world):
    order = an_order(company=world.company, by=world.owner)
    applied = complete_current_stage(order)
    complete_current_stage(order)
    a_record(stage=applied, order=order, by=world.owner, key_point="KP-BH-03", rating=5, verbatim="办得快")

    assert marks_of_stages(order, world.owner) == {
        applied.pk: StageMark(ratings=[5], words="办得快"),
    }


def test_feedback_out_of_reach_is_neither_shown_nor_called_missing(world):
    order = an_order(company=world.company, by=world.owner)
    applied = complete_current_stage(order)
    a_record(stage=applied, order=order, by=world.owner, key_point="KP-BH-03", rating=5)
    designer = a_person("crew", at=team_of(world.company, "D-ENG"))

    assert marks_of_stages(order, designer) == {}


def test_the_order_page_and_the_customer_page_tell_words_and_open_issues(world, client_as):
    order = an_order(company=world.company, by=world.owner)
    record = a_bad_record(stage=current_stage(order), order=order, by=world.owner, key_point="KP-BH-03")
    client = client_as(a_person("branch_leader", at=world.company))

    for page in (
        client.get(reverse("orders:detail", args=[order.number])),
        client.get(reverse("customers:detail", args=[order.customer.number])),
    ):
        text = page.content.decode()
        assert record.number in text
        assert "约好十点半" in text
        assert "未结问题" in text
