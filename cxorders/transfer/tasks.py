"""Work of imports; each task is safe twice, at once and late."""

from celery import shared_task
from django.utils import timezone

from cxorders.transfer.actions import carry_out
from cxorders.transfer.queries import forgotten


@shared_task
def run_batch(batch_id: int) -> None:
    """What the state of an import asks for, from where it stands."""
    carry_out(batch_id, now=timezone.now)


@shared_task
def sweep_batches() -> dict[str, int]:
    """Imports nobody has worked on for a while: the message was lost, or the worker was killed."""
    left = forgotten(timezone.now())
    for batch_id in left:
        run_batch.delay(batch_id)
    return {"resumed": len(left)}
