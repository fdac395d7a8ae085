"""Several people, or workers, who act at the same moment, each on a connection of their own."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

from django.db import connections

SECONDS = 60


def at_once(*acts: Callable[[], Any], refusals: tuple[type[BaseException], ...] = ()) -> tuple[list[Any], list[Any]]:
    """Start all `acts` at one moment; return what they returned, and which of the `refusals` they met.

    Any other failure of one of them fails the test. Needs `django_db(transaction=True)`.
    """
    together, made, refused, failed = Barrier(len(acts)), [], [], []

    def work(act: Callable[[], Any]) -> None:
        try:
            together.wait(timeout=10)
            made.append(act())
        except refusals as refusal:
            refused.append(refusal)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=SECONDS)
    assert failed == []
    assert not any(thread.is_alive() for thread in threads)
    return made, refused
