"""The work benches: which page a role opens its day with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cxorders.organisation.models import User
from cxorders.web.benches import calling, company, department, frontline, group, guest, handling, keeping, watching

Builder = Callable[[User, datetime], dict[str, Any]]


@dataclass(frozen=True)
class Bench:
    """A page and what it shows: `build(user, at)` gives its context in a fixed number of queries."""

    template: str
    build: Builder


FRONT = Bench("web/benches/frontline.html", frontline.build)
COMPANY = Bench("web/benches/company.html", company.build)
WATCH = Bench("web/benches/watching.html", watching.build)
HANDLE = Bench("web/benches/handling.html", handling.build)
GUEST = Bench("web/benches/guest.html", guest.build)

BENCHES: dict[str, Bench] = {
    "front": FRONT,
    "agent": FRONT,
    "field": FRONT,
    "crew": FRONT,
    "clerk": FRONT,
    "callback": Bench("web/benches/calling.html", calling.build),
    "handler": HANDLE,
    "dept_mgr": Bench("web/benches/department.html", department.build),
    "gatekeeper": COMPANY,
    "branch_leader": COMPANY,
    "hq_cs": Bench("web/benches/group.html", group.build),
    "hq_dept": HANDLE,
    "inspector": WATCH,
    "auditor": WATCH,
    "admin": Bench("web/benches/keeping.html", keeping.build),
}
"""role → its bench; every other role is a guest who records and looks things up"""


def bench_of(user: User) -> Bench:
    """The bench of the role `user` acts in."""
    grant = user.active_grant
    return BENCHES.get(grant.role_code, GUEST) if grant is not None else GUEST
