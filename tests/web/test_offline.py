"""What a phone is given to read pages without a network, and which pages it may keep."""

from collections.abc import Callable

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.test import Client
from django.urls import reverse

from cxorders.kit.offline import HEADER
from tests.factories.appointments import an_appointment, crew_of
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import a_world

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)


def test_the_worker_is_asked_for_anew_and_is_another_text_for_another_release(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/sw.js")
    monkeypatch.setattr(staticfiles_storage, "manifest_hash", "4711", raising=False)
    second = client.get("/sw.js")

    assert first["Content-Type"] == "text/javascript; charset=utf-8"
    assert first["Cache-Control"] == "no-cache"
    assert first.content != second.content
    assert b"cx-files-4711" in second.content


def test_the_page_without_a_network_names_nobody(client: Client) -> None:
    page = client.get("/offline/")

    assert page.status_code == 200
    assert reverse("appointments:day") in page.content.decode()


def test_phones_may_keep_the_day_the_visit_and_the_order_and_nothing_else(client_as: Callable[..., Client]) -> None:
    visit = an_appointment()
    client = client_as(crew_of(visit))
    kept = [
        reverse("appointments:day"),
        reverse("appointments:detail", args=[visit.number]),
        reverse("orders:detail", args=[visit.order.number]),
    ]
    other = [reverse("web:home"), reverse("appointments:board"), "/appointments/YY-26-99999/"]

    assert [client.get(path).get(HEADER) for path in kept] == ["keep"] * 3
    assert [client.get(path).get(HEADER) for path in other] == [None] * 3
    assert Client().get(kept[0]).get(HEADER) is None
