"""The filters of an address in words: what is set, what no longer means anything, what may be chosen."""

from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.utils.translation import gettext as _

from cxorders.kit.formats import month_prose
from cxorders.organisation.models import Grant, Unit, User
from cxorders.organisation.scope import scope_of
from touchpoints.orders.enums import OrderState
from touchpoints.orders.models import OrderType, StageType
from touchpoints.orders.queries.narrowing import OPEN, Wanted
from touchpoints.orders.queries.passages import DUE, ENDED, WantedPassages, counted_types

MOST_PEOPLE = 60
"""more people than this are not offered as owners: choose a unit first"""


@dataclass
class Told:
    """Parameter → what it filters by, in words; and sentences about filters that mean nothing any more."""

    chips: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def told(user: User, query: QueryDict, wanted: Wanted, passages: WantedPassages | None) -> Told:
    """What `query` filters by. One query for each of type, stage, unit and owner that is set."""
    said = Told()
    if query.get("state") and not passages:
        state = wanted.state or "all"
        words = {OPEN: _("在办"), "all": _("全部状态"), **dict(OrderState.choices)}
        said.chips.append(("state", _("状态：%(what)s") % {"what": words[state]}))
    if wanted.order_type:
        _tell_type(said, wanted.order_type)
    if wanted.stage:
        _tell_stage(said, wanted)
    if wanted.unit is not None or query.get("unit"):
        _tell_unit(said, user, wanted.unit)
    if wanted.owner is not None or query.get("owner"):
        owner = User.objects.visible_to(user).filter(pk=wanted.owner or 0).first()
        said.chips.append(("owner", _("首问：%(what)s") % {"what": owner.name if owner else "？"}))
        if owner is None or not owner.is_active:
            said.problems.append(_("筛选里的首问人已停用，或不在您的范围内。"))
    if passages:
        name, when = (ENDED, _("%(month)s 完成")) if passages.by == ENDED else (DUE, _("%(month)s 到期"))
        said.chips.append((name, when % {"month": month_prose(passages.month)}))
        return said
    for name, chosen, label in (
        ("whose", wanted.whose == "mine", _("我的")),
        ("whose", wanted.whose == "unit", _("本单位在手")),
        ("late", wanted.late, _("已超时")),
        ("risk", wanted.risk, _("快到期")),
        ("week", wanted.appointed, _("本周有预约")),
        ("homes", wanted.households, _("含合同住户")),
        ("q", bool(wanted.text), f"“{wanted.text}”"),
    ):
        if chosen:
            said.chips.append((name, label))
    return said


def _tell_type(said: Told, code: str) -> None:
    kind = OrderType.objects.filter(code=code).first()
    said.chips.append(("type", _("类型：%(what)s") % {"what": kind.name if kind else code}))
    if kind is None:
        said.problems.append(_("筛选里的订单类型“%(what)s”不存在，所以什么也找不到。") % {"what": code})
    elif kind.retired:
        said.problems.append(_("订单类型“%(what)s”已停用，只会列出以前的订单。") % {"what": kind.name})


def _tell_stage(said: Told, wanted: Wanted) -> None:
    rows = StageType.objects.filter(code=wanted.stage).order_by("retired", "pk")
    if wanted.order_type:
        rows = rows.filter(order_type__code=wanted.order_type)
    kind = rows.first()
    said.chips.append(("stage", _("环节：%(what)s") % {"what": kind.name if kind else wanted.stage}))
    if kind is None:
        said.problems.append(_("筛选里的环节“%(what)s”不存在，所以什么也找不到。") % {"what": wanted.stage})
    elif kind.retired:
        said.problems.append(_("环节“%(what)s”已停用，只会列出以前的订单。") % {"what": kind.name})


def _tell_unit(said: Told, user: User, key: int | None) -> None:
    unit = Unit.objects.filter(pk=key).first() if key is not None else None
    reach = unit is not None and scope_of(user).covers(unit)
    said.chips.append(("unit", _("单位：%(what)s") % {"what": unit.name if unit is not None and reach else "？"}))
    if unit is None or not reach:
        said.problems.append(_("筛选里的单位不存在，或不在您的范围内。"))
    elif unit.closed_on is not None:
        said.problems.append(_("单位“%(what)s”已撤销，只会列出以前的订单。") % {"what": unit.name})


def stage_options(order_type: str) -> list[tuple[str, str]]:
    """The stages of one order type; nothing before a type was chosen."""
    if not order_type:
        return []
    rows = counted_types().filter(order_type__code=order_type, retired=False).order_by("seq")
    return [(kind.code, kind.name) for kind in rows]


def owner_options(user: User, unit_id: int | None, now: datetime) -> list[tuple[int, str]]:
    """The people of the chosen unit, or of the own one, as first-asked owners; nothing where they are too many."""
    grant, scope = user.active_grant, scope_of(user)
    if unit_id is None and (grant is None or scope.everything or scope.company_id is not None):
        return []
    unit = Unit.objects.filter(pk=unit_id).first() if unit_id is not None else grant.unit if grant else None
    if unit is None or not scope.covers(unit):
        return []
    inside = Grant.objects.in_force(now).filter(unit__in=Unit.objects.below(unit).order_by().values("pk")).order_by()
    people = User.objects.filter(is_active=True, pk__in=inside.values("user")).order_by("name", "pk")
    found = list(people.values_list("pk", "name")[: MOST_PEOPLE + 1])
    return found if len(found) <= MOST_PEOPLE else []
