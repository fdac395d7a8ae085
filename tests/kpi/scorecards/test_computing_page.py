"""The button that computes a month, and what the pages say while there is nothing to show yet."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client
from kombu.exceptions import OperationalError

from cxorders.organisation.models import User
from kpi.metrics.actions import begin_run
from kpi.metrics.enums import RunState
from kpi.metrics.models import ComputeRun
from kpi.metrics.tasks import compute_run
from tests.factories.catalogue import the_catalogue
from tests.factories.kpi import answer, computed, day
from tests.factories.organisation import World, a_person, a_world, department_in

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)
Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is 20 November 2026 for the pages of scores."""
    monkeypatch.setattr("kpi.scorecards.views.timezone.now", lambda: day(20, month=11))


def hq(world: World) -> User:
    return a_person("hq_cs", at=department_in(world.group, "D-CS"))


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_a_month_that_was_never_computed(world: World, client_as: Browser) -> None:
    for url in ("/scores/?period=2026-10", "/scores/2026-10/A/"):
        page = client_as(hq(world)).get(url)
        assert (page.status_code, "这个月还没有计算" in text_of(page)) == (200, True)
    assert "计算本月得分" not in text_of(client_as(world.supervisor).get("/scores/"))


def test_a_month_without_cases(world: World, client_as: Browser) -> None:
    computed(at=day(20, month=11))
    browser = client_as(hq(world))

    assert "这一级没有可算的单位" in text_of(browser.get("/scores/?period=2026-10"))
    assert "本月没有应计的事" in text_of(browser.get("/scores/2026-10/A/"))


def test_the_button_starts_a_run_and_the_board_shows_how_far_it_is(
    world: World, client_as: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    answer(world.team, 5, day(5))
    browser = client_as(hq(world))

    with patch("kpi.scorecards.views.compute_run.delay") as delay, django_capture_on_commit_callbacks(execute=True):
        answered = browser.post("/scores/compute/", {"period": "2026-10"})

    run = ComputeRun.objects.get()
    assert (answered.status_code, answered["Location"]) == (302, "/scores/?period=2026-10")
    delay.assert_called_once_with(run.pk)
    assert "已算 0 / 6 项指标" in text_of(browser.get("/scores/?period=2026-10"))
    assert "HX-Refresh" not in browser.get("/scores/progress/2026-10/")

    compute_run(run.pk)

    run.refresh_from_db()
    assert run.state == RunState.FINISHED
    assert browser.get("/scores/progress/2026-10/")["HX-Refresh"] == "true"


def test_asking_twice_says_so(world: World, client_as: Browser) -> None:
    begin_run("2026-10", by=None, at=day(20, month=11))

    page = client_as(hq(world)).post("/scores/compute/", {"period": "2026-10"}, follow=True)

    assert "2026-10 正在计算" in text_of(page)


@pytest.mark.parametrize("period", ["2027-01", "", "x" * 300])
def test_a_month_that_cannot_be_computed(world: World, client_as: Browser, period: str) -> None:
    page = client_as(hq(world)).post("/scores/compute/", {"period": period}, follow=True)

    assert page.status_code == 200
    assert not ComputeRun.objects.exists()


def test_without_a_worker_the_run_fails_at_once(
    world: World, client_as: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    with (
        patch("kpi.scorecards.views.compute_run.delay", side_effect=OperationalError),
        django_capture_on_commit_callbacks(execute=True),
    ):
        client_as(hq(world)).post("/scores/compute/", {"period": "2026-10"})

    assert ComputeRun.objects.get().state == RunState.FAILED
