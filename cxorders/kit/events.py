"""News that runs upward between rooms (DESIGN §5.7).

An action publishes a frozen dataclass holding ids only; receivers of higher capabilities, wired in
`AppConfig.ready`, call their own action in the same transaction. Whoever publishes knows no receiver.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

E = TypeVar("E")
Receiver = Callable[[E], None]

_receivers: dict[type, list[Callable[..., None]]] = defaultdict(list)


def subscribe(event_type: type[E], receiver: Callable[[E], None]) -> None:
    """Call `receiver` for each published event of exactly this type; wiring the same pair twice counts once."""
    if receiver not in _receivers[event_type]:
        _receivers[event_type].append(receiver)


def publish(event: object) -> None:
    """Hand `event` to its receivers, in the order they were wired, inside the caller's transaction.

    Raises RuntimeError outside a transaction: a half-told story would survive a crash.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(f"{type(event).__name__} published outside a transaction")
    for receiver in _receivers[type(event)]:
        receiver(event)


def wiring() -> dict[str, list[str]]:
    """Event name → dotted names of its receivers; a checked-in list is held against it."""
    return {
        f"{kind.__module__}.{kind.__qualname__}": [f"{r.__module__}.{r.__qualname__}" for r in receivers]
        for kind, receivers in sorted(
            _receivers.items(), key=lambda pair: f"{pair[0].__module__}.{pair[0].__qualname__}"
        )
        if receivers
    }
