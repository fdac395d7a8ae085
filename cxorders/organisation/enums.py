"""Choices of the organisation."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """Kind of a node in the unit tree; the tree may be of any depth."""

    GROUP = "group", _("集团")
    COMPANY = "company", _("成员企业")
    DEPARTMENT = "department", _("部门")
    TEAM = "team", _("班组")


UNIT_CHILDREN: dict[str, frozenset[str]] = {
    "": frozenset({UnitKind.GROUP}),
    UnitKind.GROUP: frozenset({UnitKind.GROUP, UnitKind.COMPANY, UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.COMPANY: frozenset({UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.DEPARTMENT: frozenset({UnitKind.DEPARTMENT, UnitKind.TEAM}),
    UnitKind.TEAM: frozenset({UnitKind.TEAM}),
}
"""kind of a unit ("" for the top) → kinds that may stand below it; a company never stands inside another company"""


class Reach(StrEnum):
    """How far a role sees from the unit it is granted at."""

    GROUP = "group"
    """every row of every company"""
    COMPANY = "company"
    """the whole company of the unit"""
    UNIT = "unit"
    """the unit and everything below it"""
    OWN = "own"
    """only what the person recorded or holds"""
    NOTHING = "nothing"
    """no business content at all"""


VERB_TEXT = {
    "unit.opened": _("设立了单位"),
    "unit.renamed": _("改了名称"),
    "unit.closed": _("撤销了单位"),
    "unit.windows_set": _("定了作息时间"),
    "unit.windows_cleared": _("改为沿用上级作息"),
    "person.added": _("建了账号"),
    "person.edited": _("更正了资料"),
    "person.password_changed": _("改了密码"),
    "person.deactivated": _("停用了账号"),
    "grant.given": _("授予角色"),
    "grant.ended": _("结束角色"),
    "grant.withdrawn": _("撤回尚未开始的角色"),
}
"""verb of the journal → words for a timeline"""


REACH_TEXT = {
    Reach.GROUP: _("全集团"),
    Reach.COMPANY: _("所在的成员企业"),
    Reach.UNIT: _("所在单位及下级"),
    Reach.OWN: _("只有本人提交或经办的"),
    Reach.NOTHING: _("看不到业务内容"),
}
"""how far a role sees, in words"""
