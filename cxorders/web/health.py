"""Two pages for machines: ``/healthz`` (this process answers) and ``/readyz`` (it can do its work)."""

import logging
from collections.abc import Callable

from celery import current_app
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

logger = logging.getLogger(__name__)

_migrated = False  # a process never loses a migration it has once seen applied


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives. It touches nothing else, so a slow database does not get it restarted."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, migrations, cache and broker are all usable, otherwise 503.

    The body names each part as ``ok``, ``failed`` or ``pending``; why a part failed is for the log only.
    """
    parts = {name: _outcome(name, probe) for name, probe in PROBES.items()}
    ready = all(outcome == "ok" for outcome in parts.values())
    return JsonResponse({"ready": ready, **parts}, status=200 if ready else 503)


def _outcome(name: str, probe: Callable[[], bool]) -> str:
    try:
        return "ok" if probe() else "pending"
    except Exception:
        logger.exception("readiness: %s failed", name)
        return "failed"


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def _migrations() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def _cache() -> bool:
    cache.set("readyz", "1", 30)
    return bool(cache.get("readyz") == "1")


def _broker() -> bool:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
        return broker.default_channel is not None


PROBES: dict[str, Callable[[], bool]] = {
    "database": _database,
    "migrations": _migrations,
    "cache": _cache,
    "broker": _broker,
}
