"""An installation before its catalogue was loaded."""

from collections.abc import Callable

from django.test import Client

from kpi.metrics.queries import marks_for
from tests.factories.organisation import World

SignIn = Callable[..., Client]


def test_an_empty_catalogue_says_what_to_do(world: World, client_as: SignIn) -> None:
    page = client_as(world.owner).get("/map/").content.decode()

    assert "目录还没有载入" in page


def test_without_a_catalogue_no_metric_has_marks(db: None) -> None:
    assert marks_for("M11") is None
