"""What issues hear from the rest of the house; wired in `FeedbackConfig.ready`."""

from cxorders.kit.reading import one
from cxorders.organisation.models import User
from feedback.intake.enums import Source
from feedback.intake.events import RecordLocked
from feedback.intake.models import Record
from feedback.issues.actions.opening import take_up
from touchpoints.catalogue.models import KeyPoint


def on_record_locked(event: RecordLocked) -> None:
    """F4: bad news opens or joins an issue. What a call-back heard is judged by the call-back itself (C10)."""
    if not event.negative:
        return
    record = one(Record, event.record_id)
    if record.source == Source.CALLBACK:
        return
    record.key_point = one(KeyPoint, record.key_point_id)
    if record.collector_id is not None:
        record.collector = one(User, record.collector_id)
    take_up(record, by=record.collector, at=event.at)
