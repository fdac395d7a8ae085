"""Opening, naming and closing units."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError
from cxorders.kit.numbering import BUSINESS_ZONE
from cxorders.organisation.enums import UNIT_CHILDREN, UnitKind
from cxorders.organisation.models import PATH_STEP, Grant, Unit, User, WorkRule


class CodeTaken(BusinessError):
    """Another unit has this code."""

    code = "unit_code_taken"
    zh = "编码“{unit}”已经有单位在用，请换一个。"
    en = "Another unit already uses the code “{unit}”. Choose a different one."


class WrongPlace(BusinessError):
    """A unit of this kind cannot stand below that parent."""

    code = "unit_wrong_place"
    zh = "{parent}下面不能设{kind}。"
    en = "A {kind} cannot be placed below a {parent}."


class UnitClosed(BusinessError):
    """The unit no longer exists at that time."""

    code = "unit_closed"
    zh = "“{unit}”已经撤销，不能再这样做。"
    en = "“{unit}” has been closed; this is no longer possible."


class UnitInUse(BusinessError):
    """A unit with open units or people in it cannot be closed."""

    code = "unit_in_use"
    zh = "“{unit}”还有 {units} 个下级单位、{people} 名在岗人员，先处理他们再撤销。"
    en = "“{unit}” still has {units} units below it and {people} people in post. Settle these first."


@transaction.atomic
def open_unit(
    kind: str,
    code: str,
    zh: str,
    parent: Unit | None,
    *,
    by: User | None,
    at: datetime,
    en: str = "",
    department_code: str = "",
    touchpoint_code: str = "",
    work_rule: WorkRule | None = None,
) -> Unit:
    """Open a unit below `parent` (None only for the group) on the business day of `at`.

    Department and touchpoint codes come from the parent when empty. Effects: the unit, a journal row `unit.opened`.
    Raises WrongPlace, UnitClosed (the parent), CodeTaken.
    """
    if parent is not None:
        parent = Unit.objects.select_for_update(of=("self",)).get(pk=parent.pk)  # children get their places in turn
    _check_place(kind, parent)
    if parent is not None and parent.closed_on is not None:
        raise UnitClosed(unit=parent.name)
    if Unit.objects.filter(code=code).exists():
        raise CodeTaken(field="code", unit=code)
    unit = Unit(
        kind=kind,
        code=code,
        zh=zh,
        en=en,
        parent=parent,
        path=_next_path(parent),
        company_id=parent.company_id if parent else None,
        department_code=department_code or (parent.department_code if parent else ""),
        touchpoint_code=touchpoint_code or (parent.touchpoint_code if parent else ""),
        work_rule=work_rule,
        opened_on=_business_day(at),
    )
    if kind == UnitKind.COMPANY:
        unit.company_id = parent.pk if parent else None  # a company belongs to itself, known only once it has a key
        unit.save()
        unit.company_id = unit.pk
        unit.save(update_fields=["company"])
    else:
        unit.save()
    record(unit, "unit.opened", by=by, at=at, unit_id=unit.pk, code=code, zh=zh, kind=kind)
    return unit


@transaction.atomic
def rename_unit(unit: Unit, *, by: User | None, at: datetime, zh: str, en: str = "") -> Unit:
    """Give `unit` another name; its code never changes. Effects: both names, a journal row `unit.renamed`."""
    former, unit.zh, unit.en = unit.zh, zh, en
    unit.save(update_fields=["zh", "en"])
    record(unit, "unit.renamed", by=by, at=at, unit_id=unit.pk, former=former, zh=zh)
    return unit


@transaction.atomic
def close_unit(unit: Unit, *, by: User | None, at: datetime) -> Unit:
    """Close `unit` from the business day of `at` on; its history stays.

    Raises UnitClosed when it is closed already, UnitInUse while units or grants in force lie below it.
    Effects: `closed_on`, a journal row `unit.closed`.
    """
    if Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk).closed_on is not None:
        raise UnitClosed(unit=unit.name)
    open_units = Unit.objects.below(unit).filter(closed_on=None).exclude(pk=unit.pk).count()
    people = Grant.objects.not_over(at).filter(unit__in=Unit.objects.below(unit)).values("user").distinct().count()
    if open_units or people:
        raise UnitInUse(unit=unit.name, units=open_units, people=people)
    unit.closed_on = _business_day(at)
    unit.save(update_fields=["closed_on"])
    record(unit, "unit.closed", by=by, at=at, unit_id=unit.pk)
    return unit


def _check_place(kind: str, parent: Unit | None) -> None:
    if kind not in UNIT_CHILDREN[parent.kind if parent else ""]:
        below = UnitKind(parent.kind).label if parent else _("最上层")
        raise WrongPlace(field="kind", kind=UnitKind(kind).label, parent=below)


def _next_path(parent: Unit | None) -> str:
    prefix = parent.path if parent else ""
    siblings = Unit.objects.filter(parent=parent).order_by("-path").values_list("path", flat=True)
    last = siblings.first()
    place = int(last[-PATH_STEP:]) + 1 if last else 1
    return f"{prefix}{place:0{PATH_STEP}d}"


def _business_day(at: datetime) -> date:
    return at.astimezone(BUSINESS_ZONE).date()
