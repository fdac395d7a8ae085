"""What proves the guards of a stage (O8): checked as a whole, then sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import get_language

from cxorders.kit.errors import BusinessError
from cxorders.kit.photos import NoImage, Photo, clean_photo
from cxorders.organisation.models import User
from touchpoints.orders.enums import EvidenceKind
from touchpoints.orders.guards import CHOICE, NUMBER, PHOTO, SIGNATURE, TICK, Guard, guards_of
from touchpoints.orders.models import Evidence, Stage

LONGEST = 500


class EvidenceMissing(BusinessError):
    """O8: a stage ends only with everything its guards ask for."""

    code = "evidence_missing"
    zh = "还缺：{names}。"
    en = "Still missing: {names}."

    def __init__(self, guards: Sequence[Guard]) -> None:
        self.guards = tuple(guards)
        comma = "; " if (get_language() or "").startswith("en") else "、"
        names = comma.join(guard.name for guard in guards)
        super().__init__(names=names, field=guards[0].phrase)


class NotANumber(BusinessError):
    code = "evidence_not_a_number"
    zh = "“{name}”要填数字，您填的是“{value}”。"
    en = "“{name}” takes a number, not “{value}”."


class TooLong(BusinessError):
    code = "evidence_too_long"
    zh = "“{name}”最多 {limit} 字，您填了 {length} 字。"
    en = "“{name}” takes at most {limit} characters, you typed {length}."


class NotAPhoto(BusinessError):
    code = "evidence_not_a_photo"
    zh = "“{file}”不是能打开的照片，请换一张 JPG 或 PNG。"
    en = "“{file}” is not a photo that can be opened. Choose a JPG or PNG."


class PhotoTooLarge(BusinessError):
    code = "evidence_photo_too_large"
    zh = "“{file}”太大，一张照片最多 {limit} MB。"
    en = "“{file}” is too large: a photo may have {limit} MB."


@dataclass(frozen=True)
class EvidenceInput:
    """One piece of evidence as it arrives: the catalogue phrase of the guard, how it is proved, and the content.

    A tick or a reading has a `value`; a photo has a `file`; a signature has a `file` (photo of the signed sheet) or,
    as `value`, the name of who signed; REASON with a `value` stands in for a signature that could not be had.
    A choice has the code of the answer as `value` and its explanation as `text`.
    """

    guard: str
    kind: str
    value: str = ""
    file: UploadedFile | None = None
    text: str = ""

    @property
    def says_something(self) -> bool:
        """Whether there is any content."""
        return bool(self.value.strip()) or self.file is not None


def _answers(guard: Guard, given: EvidenceInput) -> bool:
    """Whether `given` is content of the kind `guard` asks for."""
    if given.guard != guard.phrase or not given.says_something:
        return False
    if guard.kind == PHOTO:
        return given.file is not None
    if guard.kind == SIGNATURE:
        return given.kind == EvidenceKind.SIGNATURE or (given.kind == EvidenceKind.REASON and not guard.strict)
    if guard.kind == CHOICE:
        chosen = next((one for one in guard.choices if one.code == given.value), None)
        return chosen is not None and (bool(given.text.strip()) or not chosen.explain)
    return given.kind == guard.kind


def _worded(guard: Guard, given: EvidenceInput) -> str:
    """A decision in the words of the field, as it is sealed: "保外：报价 320 元，客户同意"."""
    chosen = next(one for one in guard.choices if one.code == given.value)
    return f"{chosen.zh}：{given.text.strip()}" if given.text.strip() else chosen.zh


@dataclass(frozen=True)
class Proof:
    """A checked piece of evidence, its picture decoded and freed of where and when it was taken."""

    guard: Guard
    kind: str
    value: str
    photo: Photo | None


def _checked(guard: Guard, given: EvidenceInput) -> Proof:
    """`given` with a tidy value and a decoded picture. Raises NotANumber, TooLong, NotAPhoto, PhotoTooLarge."""
    value = "1" if guard.kind == TICK else given.value.strip()
    if guard.kind == CHOICE:
        value = _worded(guard, given)
    if guard.kind == NUMBER:
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise NotANumber(name=guard.name, value=value[:40], field=guard.phrase)
    if len(value) > LONGEST:
        raise TooLong(name=guard.name, limit=LONGEST, length=len(value), field=guard.phrase)
    kind = EvidenceKind.TEXT if guard.kind == CHOICE else given.kind
    return Proof(guard, kind, value, None if given.file is None else _photo(guard, given.file))


def _photo(guard: Guard, file: UploadedFile) -> Photo:
    """The picture in `file`. Raises NotAPhoto, PhotoTooLarge."""
    if (file.size or 0) > settings.CX_MAX_UPLOAD_BYTES:
        limit = settings.CX_MAX_UPLOAD_BYTES // 1024 // 1024
        raise PhotoTooLarge(file=file.name, limit=limit, field=guard.phrase)
    try:
        return clean_photo(file)
    except NoImage as error:
        raise NotAPhoto(file=file.name, field=guard.phrase) from error


def check(stage: Stage, evidence: Sequence[EvidenceInput]) -> list[Proof]:
    """The proofs of the guards of `stage`; nothing is written, so a refusal changes nothing.

    Raises EvidenceMissing naming all guards that lack something, and the errors of one piece.
    """
    proofs: list[Proof] = []
    missing: list[Guard] = []
    for guard in guards_of(stage.stage_type.guards):
        if not guard.is_evidence:
            continue
        given = [piece for piece in evidence if _answers(guard, piece)]
        if len(given) < guard.count:
            missing.append(guard)
        proofs += [_checked(guard, piece) for piece in given]
    if missing:
        raise EvidenceMissing(missing)
    return proofs


def seal(stage: Stage, proofs: Sequence[Proof], *, by: User | None, at: datetime) -> list[Evidence]:
    """Store the proofs with the fingerprint of each picture."""
    rows = []
    for proof in proofs:
        row = Evidence(stage=stage, guard=proof.guard.phrase[:200], kind=proof.kind, value=proof.value, by=by, at=at)
        if proof.photo is not None:
            row.sha256 = proof.photo.sha256
            row.file.save(
                f"{proof.photo.sha256[:24]}.{proof.photo.ending}", ContentFile(proof.photo.content), save=False
            )
        row.save(force_insert=True)
        rows.append(row)
    return rows
