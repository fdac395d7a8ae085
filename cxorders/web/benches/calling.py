"""The bench of call-back people: what is due by the end of its window, what to dial again, what is done today."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from cxorders.organisation.models import User
from feedback.callbacks.enums import FINAL_STATES, WAITING_STATES, CallbackState
from feedback.callbacks.models import Callback
from feedback.callbacks.queries.listing import OPEN, counters, lines_of
from feedback.probes.queries import counts_for
from touchpoints.pledges.queries import owed_by

MOST, MOST_DONE = 8, 6
SHOWN = ("company", "unit", "customer", "issue", "order__order_type", "claimed_by")


def build(user: User, at: datetime) -> dict[str, Any]:
    """Context of the bench. Eleven queries."""
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    # the states of the partial index stand in every condition, so that the index can serve it
    waiting = Callback.objects.visible_to(user).filter(state__in=WAITING_STATES)
    waiting = waiting.select_related(*SHOWN).prefetch_related("attempts")
    dial_again = Q(next_try_at=None) | Q(next_try_at__lte=at)
    again = waiting.filter(dial_again, state=CallbackState.RETRY_PLANNED)
    finished = Callback.objects.visible_to(user).filter(
        finished_at__gte=today, finished_at__lt=today + timedelta(days=1), state__in=FINAL_STATES, finished_by=user
    )
    return {
        "due": lines_of(list(waiting.filter(state__in=OPEN).order_by("window_end", "pk")[:MOST]), at=at),
        "again": lines_of(list(again.order_by("window_end", "pk")[:MOST]), at=at),
        "done": list(finished.select_related("customer").order_by("-finished_at", "-pk")[:MOST_DONE]),
        "counters": counters(user, at=at),
        "owed": counts_for(user, at),
        "promised": owed_by(user, at),
    }
