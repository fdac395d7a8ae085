"""What expected feedback hears from orders; wired in `FeedbackConfig.ready`."""

from feedback.probes.actions import launch
from touchpoints.orders.enums import StageState
from touchpoints.orders.events import StageEnded


def on_stage_ended(event: StageEnded) -> None:
    """O8: a stage that is done launches its probes; one that failed or was skipped was no event."""
    if event.state == StageState.DONE:
        launch(event.stage_id)
