"""The Celery application. ``celery -A cxorders worker`` and ``celery -A cxorders beat`` find it here.

It is imported by ``CxordersConfig.ready`` so that ``shared_task`` functions called from the web process
reach the configured broker.
"""

import os
from pathlib import Path

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cxorders.settings")

ROOMS = ("cxorders", "touchpoints", "feedback", "kpi")


def task_packages() -> list[str]:
    """Return the dotted name of every capability that has a ``tasks.py`` (folders are read, nothing is imported)."""
    root = Path(__file__).resolve().parent.parent
    found = [path.parent for room in ROOMS for path in sorted((root / room).rglob("tasks.py"))]
    return [".".join(folder.relative_to(root).parts) for folder in found]


app = Celery("cxorders")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(task_packages)
