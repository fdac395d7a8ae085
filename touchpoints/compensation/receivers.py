"""News from promises."""

from touchpoints.compensation.actions import end_exempted
from touchpoints.promises.events import StageExempted
from touchpoints.promises.models import Exemption


def on_stage_exempted(event: StageExempted) -> None:
    """The breach was left out: what is not paid yet is not paid any more."""
    end_exempted(Exemption.objects.get(pk=event.exemption_id), at=event.at)
