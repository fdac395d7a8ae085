"""A broken promise that was not the company's fault: asked with evidence, decided by the level above (§11)."""

from datetime import datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.kit.events import publish
from cxorders.kit.photos import NoImage, Photo, clean_photo
from cxorders.kit.states import move
from cxorders.organisation.models import User
from touchpoints.orders.actions.flow import hold, note
from touchpoints.orders.models import Stage
from touchpoints.orders.queries.journey import is_late
from touchpoints.promises import policy
from touchpoints.promises.actions.telling import PromiseNotBroken
from touchpoints.promises.enums import EXEMPTION_TRANSITIONS, ExemptionReason, ExemptionState
from touchpoints.promises.events import StageExempted
from touchpoints.promises.models import Exemption

MOST_TEXT = 300


class ExemptionEvidence(BusinessError):
    code = "exemption_evidence"
    zh = "申请豁免要有原因、说明(不超过 {most} 字)和一张能打开的证据照片。"
    en = "An exemption needs a reason, a few words (at most {most} characters) and a photo of the evidence."


class ExemptionDecided(BusinessError):
    """One request at a time; a granted one stays."""

    code = "exemption_decided"
    zh = "这个环节的豁免已经在申请或已经批准。"
    en = "An exemption for this stage is already asked for or granted."
    status = 409


class DecisionWithoutReason(BusinessError):
    code = "exemption_refusal_reason"
    zh = "不同意豁免要写明理由。"
    en = "Say why the exemption is refused."


@transaction.atomic
def ask_exemption(
    stage: Stage, *, by: User, at: datetime, reason: str, text: str, photo: UploadedFile | None
) -> Exemption:
    """breached → exemption asked, by who may tell the customer of the breach.

    Effects, in order: the row with the sealed picture; journal `stage.exemption_asked`.
    Errors: NotAllowed, PromiseNotBroken, ExemptionEvidence, ExemptionDecided.
    """
    stage.order = hold(stage.order_id)
    if not policy.may_tell(by, stage):
        raise NotAllowed()
    stage.refresh_from_db(fields=["state", "due_at", "ended_at"])
    if stage.due_at is None or not is_late(stage, at):
        raise PromiseNotBroken()
    picture, said = _picture(photo), text.strip()
    if reason not in ExemptionReason.values or not said or len(said) > MOST_TEXT:
        raise ExemptionEvidence(field="text" if reason in ExemptionReason.values else "reason", most=MOST_TEXT)
    asked = Exemption(
        stage=stage, company_id=stage.company_id, reason=reason, text=said, asked_by=by, asked_at=at,
        unit=by.active_grant.unit if by.active_grant is not None else stage.unit, sha256=picture.sha256,
    )  # fmt: skip
    asked.file.save(f"{picture.sha256[:24]}.{picture.ending}", ContentFile(picture.content), save=False)
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        raise ExemptionDecided() from error
    note(stage, "stage.exemption_asked", by=by, at=at, text=f"{ExemptionReason(reason).label}：{said}")
    return asked


def _picture(photo: UploadedFile | None) -> Photo:
    if photo is None or (photo.size or 0) > settings.CX_MAX_UPLOAD_BYTES:
        raise ExemptionEvidence(field="photo", most=MOST_TEXT)
    try:
        return clean_photo(photo)
    except NoImage as error:
        raise ExemptionEvidence(field="photo", most=MOST_TEXT) from error


@transaction.atomic
def decide_exemption(exemption: Exemption, *, by: User, at: datetime, grant: bool, text: str = "") -> Exemption:
    """asked → granted | refused, by the level above who asked, never by the same person.

    A granted one leaves the share of kept promises on both sides (M21). Effects: journal `stage.exempted` or
    `stage.exemption_refused`; StageExempted for a granted one.
    Errors: NotAllowed, DecisionWithoutReason, WrongState, Stale.
    """
    if not policy.may_decide(by, exemption):
        raise NotAllowed()
    if not grant and not text.strip():
        raise DecisionWithoutReason(field="text")
    state = ExemptionState.GRANTED if grant else ExemptionState.REFUSED
    move(
        exemption, state, table=EXEMPTION_TRANSITIONS,
        decided_by=by, decided_at=at, decision=text.strip()[:MOST_TEXT],
    )  # fmt: skip
    verb = "stage.exempted" if grant else "stage.exemption_refused"
    note(exemption.stage, verb, by=by, at=at, text=exemption.decision)
    if grant:
        publish(StageExempted(exemption_id=exemption.pk, stage_id=exemption.stage_id, at=at))
    return exemption
