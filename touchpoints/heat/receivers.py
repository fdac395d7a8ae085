"""What the heat map hears; wired in `TouchpointsConfig.ready`."""

from touchpoints.heat.actions import mark_days, mark_stage
from touchpoints.orders.events import StageEnded, StagesLoaded


def on_stage_ended(event: StageEnded) -> None:
    """The month of this stage has other figures now."""
    mark_stage(event.stage_id, at=event.at)


def on_stages_loaded(event: StagesLoaded) -> None:
    """An import brought stages of past months, or took them away again."""
    mark_days(event.company_id, event.days, at=event.at)
