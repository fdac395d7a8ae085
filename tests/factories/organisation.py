"""A test group: units, people in their roles, the national calendar. Plain functions over the real verbs.

    group = a_group()                                  # 集团, some departments, holidays, standard windows
    company = a_company("BJ")                          # 北京公司 with 17 departments and a team per front department
    hall = team_of(company, "D-HALL")
    owner = a_person("front", at=hall)                 # acts under her first grant at once

or all at once: `world = a_world()` with two companies and the three people every test needs.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import count
from pathlib import Path

from django.utils import timezone

from cxorders.organisation.actions import add_person, grant_role, load_calendar, open_unit, set_work_rule
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import CalendarDay, Grant, Unit, User
from cxorders.organisation.queries import grants_of
from tests.harness.ground import standing

LONG_AGO = datetime(2024, 1, 1, tzinfo=UTC)
"""when every test world was founded; people hold their grants since then"""

HOLIDAYS = Path(__file__).resolve().parents[2] / "cxorders/organisation/data/china_public_holidays.csv"

OFFICE_WEEK = {str(day): [["08:30", "12:00"], ["13:30", "17:30"]] for day in range(5)}

DEPARTMENTS = {
    "D-CS": ("客户服务部", "Customer service"),
    "D-HALL": ("营业部", "Business halls"),
    "D-CC": ("呼叫中心", "Call centre"),
    "D-HOME": ("户内服务部", "In-home service"),
    "D-ENG": ("工程部", "Construction"),
    "D-DES": ("设计技术部", "Design and technology"),
    "D-OPS": ("输配运行与抢修部", "Network operation and emergency"),
    "D-SAF": ("安全质量部", "Safety and quality"),
    "D-MKT": ("市场部", "Marketing"),
    "D-FIN": ("财务部", "Finance and billing"),
    "D-PROC": ("物资部", "Materials"),
    "D-IT": ("信息部", "IT and business support"),
    "D-HR": ("人力资源部", "Human resources"),
    "D-LEG": ("法务部", "Legal"),
    "D-KA": ("大客户部", "Key accounts"),
    "D-NET": ("网络部", "Network"),
    "D-SUP": ("服务监督组", "Service supervision"),
}
"""the departments of the product catalogue"""

TEAMS = {
    "D-HALL": ("BH", "中心营业厅", "Central hall"),
    "D-CC": ("CC", "坐席一组", "Agents 1"),
    "D-HOME": ("HS", "入户一班", "In-home 1"),
    "D-ENG": ("EC", "施工一队", "Crew 1"),
    "D-OPS": ("EC", "抢修一班", "Emergency 1"),
    "D-CS": ("", "客服一组", "Service 1"),
    "D-KA": ("", "大客户一组", "Key accounts 1"),
}
"""front department → touchpoint and name of its team"""

GROUP_DEPARTMENTS = ("D-CS", "D-HOME", "D-ENG", "D-SUP", "D-IT")

_serial = count(1)


@dataclass(frozen=True)
class World:
    """Two companies of one group, and the owner, the supervisor and the stranger."""

    group: Unit
    company: Unit
    other: Unit
    """the sibling company"""
    team: Unit
    """the hall team of `company`, where the owner works"""
    owner: User
    """front line at `team`"""
    supervisor: User
    """manager of the department the team belongs to"""
    stranger: User
    """front line of the same post in the other company"""


@standing
def a_world() -> World:
    """Group, companies A and B, owner, supervisor, stranger."""
    group = a_group()
    company, other = a_company("A"), a_company("B")
    team = team_of(company, "D-HALL")
    return World(
        group=group,
        company=company,
        other=other,
        team=team,
        owner=a_person("front", at=team, name="周晓雯"),
        supervisor=a_person("dept_mgr", at=department_in(company, "D-HALL"), name="陈建国"),
        stranger=a_person("front", at=team_of(other, "D-HALL"), name="何佳"),
    )


def a_group(
    code: str = "G", *, zh: str = "华城燃气集团", en: str = "Huacheng Gas Group", calendar: bool = True
) -> Unit:
    """The group with its departments and standard windows; the same one when it exists already.

    `calendar=True` also loads the holidays of 2023–2026.
    """
    if calendar and not CalendarDay.objects.exists():
        load_calendar(HOLIDAYS, at=LONG_AGO)
    existing = Unit.objects.filter(code=code).first()
    if existing is not None:
        return existing
    group = open_unit(UnitKind.GROUP, code, zh, None, by=None, at=LONG_AGO, en=en)
    set_work_rule(group, windows=OFFICE_WEEK, by=None, at=LONG_AGO)
    for department in GROUP_DEPARTMENTS:
        _department(group, department)
    return group


def a_company(
    code: str = "A",
    *,
    zh: str = "",
    en: str = "",
    group: Unit | None = None,
    departments: tuple[str, ...] | None = None,
) -> Unit:
    """A member company with all departments (or those named) and one team per front department."""
    company = open_unit(
        UnitKind.COMPANY,
        code,
        zh or f"{code}市公司",
        group or a_group(),
        by=None,
        at=LONG_AGO,
        en=en or f"Company {code}",
    )
    for department in DEPARTMENTS if departments is None else departments:
        unit = _department(company, department)
        if department in TEAMS:
            touchpoint, team, team_en = TEAMS[department]
            a_team(unit, zh=team, en=team_en, touchpoint_code=touchpoint, code=f"{unit.code}-1")
    return company


def a_team(department: Unit, *, zh: str = "班组", en: str = "Team", code: str = "", touchpoint_code: str = "") -> Unit:
    """One more team of `department`."""
    touchpoint = touchpoint_code or TEAMS.get(department.department_code, ("",))[0]
    return open_unit(
        UnitKind.TEAM,
        code or f"{department.code}-t{next(_serial)}",
        zh,
        department,
        by=None,
        at=LONG_AGO,
        en=en,
        touchpoint_code=touchpoint,
    )


def department_in(company: Unit, code: str) -> Unit:
    """The department `code` of a company (or of the group)."""
    return Unit.objects.get(code=f"{company.code}-{code}")


def team_of(company: Unit, code: str) -> Unit:
    """The first team of the department `code` of a company."""
    return Unit.objects.get(code=f"{company.code}-{code}-1")


def a_person(
    role: str = "front",
    *,
    at: Unit | None = None,
    name: str = "",
    username: str = "",
    password: str = "demo",  # noqa: S107
    since: datetime = LONG_AGO,
    language: str = "zh-hans",
) -> User:
    """A person who holds `role` at the unit `at` since long ago and acts under that grant.

    Without `role` ("") she has no grant at all.
    """
    number = next(_serial)
    user = add_person(
        username or f"p{number}",
        name or _name(number),
        by=None,
        at=since,
        password=password,
        phone=f"138{number:08d}",
        language=language,
    )
    if role:
        give(user, role, at=at or a_group(), since=since)
    return user


def give(user: User, role: str, *, at: Unit, since: datetime = LONG_AGO) -> Grant:
    """One more grant for `user`; the first one becomes the one she acts under."""
    grant = grant_role(user, role, at, by=None, at=LONG_AGO, starts_at=since)
    if user.active_grant is None:
        acting(user, grant)
    return grant


def acting(user: User, grant: Grant | None = None) -> User:
    """`user` acting under `grant` (default: the first in force now), as the middleware sets it for a request."""
    held = grants_of(user, at=timezone.now())
    user.grants_in_force = held
    user.active_grant = grant or (held[0] if held else None)
    return user


@cache
def _name(number: int) -> str:
    family, given = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平"
    return f"{family[number % 20]}{given[number // 20 % 20]}{given[number * 7 % 20]}"


def _department(parent: Unit, code: str) -> Unit:
    zh, en = DEPARTMENTS[code]
    return open_unit(
        UnitKind.DEPARTMENT, f"{parent.code}-{code}", zh, parent, by=None, at=LONG_AGO, en=en, department_code=code
    )
