"""A Celery application for the kill tests. Run as a worker of its own: it knows only its folder, from BROKER_FOLDER."""

import os
import time
from pathlib import Path

from celery import Celery

FOLDER = Path(os.environ.get("BROKER_FOLDER", "."))

app = Celery("broker_app")
app.conf.update(
    broker_transport="cxorders.kit.sqlite_broker:SqliteTransport",
    broker_transport_options={"path": str(FOLDER / "broker.sqlite3"), "lease": 2, "polling_interval": 0.02},
    broker_connection_retry_on_startup=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=1,
)


def note(what: str, key: int) -> None:
    """Append one line to the record that the test reads."""
    with (FOLDER / "record").open("a") as record:
        record.write(f"{what} {key}\n")


@app.task
def wait_for_release(key: int) -> None:
    """Say that the work began, wait until the test allows it to go on, say that it is done."""
    note("began", key)
    while not (FOLDER / "release").exists():
        time.sleep(0.02)
    note("done", key)
