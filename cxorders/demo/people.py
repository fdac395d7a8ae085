"""Units and accounts of the demo group."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from cxorders.demo import names
from cxorders.demo.bulk import Table
from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import PATH_STEP, Grant, Unit, User, WorkRule

DEPARTMENTS = {
    "D-CS": ("客户服务部", "Customer service"), "D-HALL": ("营业部", "Business halls"),
    "D-CC": ("呼叫中心", "Call centre"), "D-HOME": ("户内服务部", "In-home service"),
    "D-ENG": ("工程部", "Construction"), "D-DES": ("设计技术部", "Design and technology"),
    "D-OPS": ("输配运行与抢修部", "Network operation and emergency"), "D-SAF": ("安全质量部", "Safety and quality"),
    "D-MKT": ("市场部", "Marketing"), "D-FIN": ("财务部", "Finance and billing"), "D-PROC": ("物资部", "Materials"),
    "D-IT": ("信息部", "IT and business support"), "D-HR": ("人力资源部", "Human resources"),
    "D-LEG": ("法务部", "Legal"), "D-KA": ("大客户部", "Key accounts"),
}  # fmt: skip
TEAMS = {
    "D-HALL": (
        "BH", "front",
        (("城南营业厅", "South hall"), ("城北营业厅", "North hall"), ("高新营业厅", "High-tech zone hall")),
    ),
    "D-CC": ("CC", "agent", (("热线一组", "Hotline 1"), ("热线二组", "Hotline 2"))),
    "D-HOME": ("HS", "field", (("户内一班", "In-home 1"), ("户内二班", "In-home 2"), ("户内三班", "In-home 3"))),
    "D-ENG": ("EC", "crew", (("第一施工队", "Crew 1"), ("第二施工队", "Crew 2"))),
}  # fmt: skip
"""department → touchpoint, role of its people, names of its teams"""
ACCOUNTS = {
    "front": "hall", "agent": "agent", "field": "field", "crew": "crew", "callback": "callback", "handler": "handler",
    "dept_mgr": "manager", "gatekeeper": "gatekeeper", "branch_leader": "leader",
}  # fmt: skip
"""role → account name of the first person who has it in the first company"""
ACCOUNT_DEPARTMENT = {"handler": "D-ENG", "dept_mgr": "D-ENG"}
WORKERS = ("front", "agent", "field", "crew", "handler", "hq_dept")
PASSWORD = "demo"  # noqa: S105  (printed at every start of a demo installation)


@dataclass(eq=False)
class Place:
    """A unit with the people who work there, by role."""

    key: int
    code: str
    zh: str
    path: str
    department: str = ""
    parent: "Place | None" = None
    people: dict[str, list[int]] = field(default_factory=dict)

    @property
    def workers(self) -> list[int]:
        """The people whose daily work this is: the front line of a team, the handlers of a department."""
        for role in WORKERS:
            if role in self.people:
                return self.people[role]
        return []

    @property
    def manager(self) -> int:
        """Who answers for the unit (X2): the manager of its department."""
        place: Place = self
        while "dept_mgr" not in place.people and place.parent is not None:
            place = place.parent
        return place.people["dept_mgr"][0]


@dataclass(eq=False)
class Company:
    """A company of the demo group: its departments, the teams of each front department, the people."""

    place: Place
    departments: dict[str, Place] = field(default_factory=dict)
    teams: dict[str, list[Place]] = field(default_factory=dict)
    callers: Place | None = None

    @property
    def key(self) -> int:
        """Key of the company's unit."""
        return self.place.key

    @property
    def code(self) -> str:
        """Code of the company's unit."""
        return self.place.code

    def teams_of(self, department: str) -> list[Place]:
        """The teams that do the work of `department`; the department itself where it has none."""
        return self.teams.get(department) or [self.departments.get(department) or self.departments["D-CS"]]


@dataclass(eq=False)
class Group:
    """The whole group: head office and companies."""

    place: Place
    engineering: Place
    companies: list[Company] = field(default_factory=list)


class Settlers:
    """Deals out units, people and grants, and writes them at the end."""

    def __init__(self, rnd: Random, since: datetime, seed: int) -> None:
        self.rnd, self.since = rnd, since
        self.units, self.users, self.grants = Table(Unit), Table(User), Table(Grant)
        self.rule = WorkRule.objects.order_by("pk").values_list("pk", flat=True).first()
        self.password = make_password(PASSWORD, salt=f"demo{seed:018d}"[:22])
        self.names: dict[int, str] = {}
        self.taken = set(User.objects.values_list("username", flat=True))

    @property
    def tables(self) -> list[Table]:
        """In the order in which they can be written."""
        return [self.units, self.users, self.grants]

    def unit(self, kind: UnitKind, code: str, zh: str, parent: Place | None, company: int | None, department: str = "",
             touchpoint: str = "", en: str = "") -> Place:  # fmt: skip
        key = self.units.deal()
        path = (parent.path if parent else "") + f"{key:0{PATH_STEP}d}"
        self.units.add(
            id=key,
            zh=zh,
            en=en,
            code=code,
            kind=kind,
            parent_id=parent.key if parent else None,
            path=path,
            company_id=key if kind == UnitKind.COMPANY else company,
            department_code=department,
            touchpoint_code=touchpoint,
            work_rule_id=None if parent else self.rule,
        )
        return Place(key, code, zh, path, department, parent)

    def hire(self, place: Place, role: str, username: str, name: str = "") -> int:
        """A person with one grant at `place` since the beginning."""
        name = name or names.person(self.rnd)
        login = username if username not in self.taken else f"{username}-{len(self.taken)}"
        self.taken.add(login)
        key = self.users.add(
            password=self.password,
            username=login,
            name=name,
            phone=names.mobile(self.rnd),
            is_superuser=role == "admin",
            is_staff=role == "admin",
            date_joined=self.since,
        )
        self.names[key] = name
        self.grants.add(user_id=key, role_code=role, unit_id=place.key, starts_at=self.since)
        place.people.setdefault(role, []).append(key)
        return key

    def company(self, number: int, group: Place) -> Company:
        """One company with fifteen departments, eleven teams and about eighty people."""
        code, stem = f"C{number + 1:02d}", names.COMPANY_STEMS[number]
        top = self.unit(UnitKind.COMPANY, code, f"{stem}燃气公司", group, None, en=f"{code} Gas")
        made = Company(top)
        for department, (zh, en) in DEPARTMENTS.items():
            place = self.unit(UnitKind.DEPARTMENT, f"{code}-{department[2:]}", zh, top, top.key, department, en=en)
            made.departments[department] = place
            self._staff(made, place, "dept_mgr", 1, number, department)
            self._staff(made, place, "handler", 3 if department in TEAMS else 2, number, department)
            if department in TEAMS:
                made.teams[department] = self._teams(made, place, department, number)
        made.callers = self.unit(
            UnitKind.TEAM, f"{code}-CB", "回访组", made.departments["D-CC"], top.key, "D-CC", "CC", "Call-backs"
        )
        for _ in range(4):
            self._hire(made, made.callers, "callback", number)
        self._hire(made, top, "gatekeeper", number)
        self._hire(made, top, "branch_leader", number)
        return made

    def _teams(self, company: Company, department: Place, code: str, number: int) -> list[Place]:
        touchpoint, role, titles = TEAMS[code]
        teams = []
        for index, (zh, en) in enumerate(titles, 1):
            name = f"{company.code}-{code[2:]}{index}"
            team = self.unit(UnitKind.TEAM, name, zh, department, company.key, code, touchpoint, en)
            for _ in range(4):
                self._hire(company, team, role, number)
            teams.append(team)
        return teams

    def _staff(self, company: Company, place: Place, role: str, heads: int, number: int, department: str) -> None:
        for _ in range(heads):
            named = ACCOUNT_DEPARTMENT.get(role) == department
            self._hire(company, place, role, number, named=named)

    def _hire(self, company: Company, place: Place, role: str, number: int, *, named: bool = True) -> int:
        account = ACCOUNTS[role] if named and number == 0 else ""
        if account and account not in self.taken:
            return self.hire(place, role, account)
        serial = len(place.people.get(role, [])) + 1
        return self.hire(place, role, f"{place.code}-{role}{serial}".lower())

    def settle(self, companies: int) -> Group:
        """The whole group; the demo accounts are in the first company and in the head office."""
        top = self.unit(UnitKind.GROUP, "HQ", "华岚燃气集团", None, None, en="Hualan Gas Group")
        service = self.unit(
            UnitKind.DEPARTMENT, "HQ-CS", "集团客户服务部", top, None, "D-CS", en="Group customer service"
        )
        engineering = self.unit(
            UnitKind.DEPARTMENT, "HQ-ENG", "集团工程管理部", top, None, "D-ENG", en="Group construction"
        )
        supervision = self.unit(
            UnitKind.DEPARTMENT, "HQ-SUP", "服务监督组", top, None, "D-SUP", en="Service supervision"
        )
        self.hire(top, "hq_cs", "hq")
        self.hire(service, "hq_cs", "hq-2")
        self.hire(engineering, "hq_dept", "hqdept")
        self.hire(engineering, "hq_dept", "hqdept-2")
        self.hire(supervision, "inspector", "auditor")
        self.hire(top, "admin", "admin")
        group = Group(top, engineering)
        group.companies = [self.company(number, top) for number in range(companies)]
        for table in self.tables:
            table.flush()
        return group


def start_of(at: datetime, months: int) -> datetime:
    """Local midnight of the first day of the month `months - 1` before the one of `at`."""
    first = at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    for _ in range(months - 1):
        first = (first - timedelta(days=1)).replace(day=1)
    return first
