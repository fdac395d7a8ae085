"""Whose address a request has: nobody can choose it with a header."""

from typing import Any

import pytest
from django.test import RequestFactory

from cxorders.kit.client_ip import client_ip

pytestmark = pytest.mark.embedded


@pytest.mark.parametrize(
    ("proxies", "header", "address"),
    [
        (0, "", "10.0.0.9"),
        (0, "1.1.1.1", "10.0.0.9"),
        (1, "1.1.1.1", "1.1.1.1"),
        (1, "6.6.6.6, 1.1.1.1", "1.1.1.1"),
        (2, "6.6.6.6, 1.1.1.1, 10.0.0.5", "1.1.1.1"),
        (2, "1.1.1.1", "10.0.0.9"),
        (1, " , ", "10.0.0.9"),
    ],
)
def test_only_what_our_own_proxies_saw_counts(
    rf: RequestFactory, settings: Any, proxies: int, header: str, address: str
) -> None:
    settings.CX_PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=header)

    assert client_ip(request) == address
