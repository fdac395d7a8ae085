"""What the heat map hears; wired in `TouchpointsConfig.ready`."""

from touchpoints.heat.actions import mark_stage
from touchpoints.orders.events import StageEnded


def on_stage_ended(event: StageEnded) -> None:
    """The month of this stage has other figures now."""
    mark_stage(event.stage_id, at=event.at)
