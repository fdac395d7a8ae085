"""The schedule names only tasks that a worker knows."""

import pytest
from django.conf import settings

from cxorders.celery import app

pytestmark = pytest.mark.embedded


def test_every_entry_of_the_schedule_is_a_task_the_worker_finds() -> None:
    app.loader.import_default_modules()
    unknown = [entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if entry["task"] not in app.tasks]

    assert unknown == []


def test_a_lost_message_is_only_a_delay_because_tasks_acknowledge_late() -> None:
    own = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}

    assert [name for name, task in own.items() if not task.acks_late] == []
