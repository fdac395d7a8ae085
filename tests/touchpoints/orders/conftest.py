"""What several tests of orders share."""

from collections.abc import Iterator

import pytest

from cxorders.kit import events
from touchpoints.orders.events import OrderAccepted, OrderDone, OrderEnded, StageEnded, StageStarted


@pytest.fixture
def heard() -> Iterator[list[object]]:
    """Every event of orders, in the order it was told."""
    told: list[object] = []
    kept = {kind: list(receivers) for kind, receivers in events._receivers.items()}
    for kind in (OrderAccepted, StageStarted, StageEnded, OrderDone, OrderEnded):
        events.subscribe(kind, told.append)
    yield told
    events._receivers.clear()
    events._receivers.update(kept)
