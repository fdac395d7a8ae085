"""What every address of the product asks of whoever knocks. A new URL name needs a line here, or the build fails.

need      OPEN: nobody need sign in · SIGNED: any person · GROUP_ADMIN: administrators of the group · else a permission
kind      the object in the address; its visibility decides between 404 and entering
writes    POST is a way in (POST only unless `reads` as well)
reads     GET is a way in
acts      further permissions of which the act needs one; a role with none of them never gets through
policy    the act may still be refused with 403 for this person and this object (tested with the verb)
"""

from dataclasses import dataclass, field

OPEN, SIGNED, GROUP_ADMIN = "open", "signed", "group admin"


@dataclass(frozen=True)
class Rule:
    """One line of the matrix."""

    need: str
    kind: str = ""
    reads: bool = True
    writes: bool = False
    acts: frozenset[str] = field(default_factory=frozenset)
    policy: bool = False


def page(need: str, kind: str = "") -> Rule:
    """GET only."""
    return Rule(need, kind)


def form(need: str, kind: str = "", *acts: str, policy: bool = False) -> Rule:
    """GET shows it, POST sends it."""
    return Rule(need, kind, writes=True, acts=frozenset(acts), policy=policy or bool(acts))


def act(need: str, kind: str = "", *acts: str, policy: bool = False) -> Rule:
    """POST only."""
    return Rule(need, kind, reads=False, writes=True, acts=frozenset(acts), policy=policy or bool(acts))


MATRIX: dict[str, Rule] = {
    # ---- the door, the own account
    "web:healthz": page(OPEN),
    "web:readyz": page(OPEN),
    "web:worker": page(OPEN),
    "web:offline": page(OPEN),
    "organisation:login": form(OPEN),
    "organisation:switch_language": act(OPEN),
    "organisation:logout": act(SIGNED),
    "organisation:switch_grant": act(SIGNED),
    "organisation:profile": form(SIGNED),
    "organisation:password_change": form(SIGNED),
    "organisation:password_change_done": page(SIGNED),
    "web:home": page(SIGNED),
    "web:gallery": page(SIGNED),
    "web:search": page("bench.read"),
    "web:dashboard": page("dashboard.read"),
    "web:dashboard_rows": page("dashboard.read", "tile"),
    "web:compare": page("compare.read"),
    "web:journal": page("journal.read"),
    # ---- organisation
    "organisation:units": page("organisation.read"),
    "organisation:unit": page("organisation.read", "unit"),
    "organisation:open_unit": act("organisation.manage", "unit"),
    "organisation:rename_unit": act("organisation.manage", "unit"),
    "organisation:close_unit": act("organisation.manage", "unit"),
    "organisation:set_windows": act("organisation.manage", "unit"),
    "organisation:clear_windows": act("organisation.manage", "unit"),
    "organisation:people": page("organisation.read"),
    "organisation:add_person": form("organisation.manage"),
    "organisation:person": page("organisation.read", "person"),
    "organisation:edit_person": act("organisation.manage", "person"),
    "organisation:reset_password": act("organisation.manage", "person"),
    "organisation:give_grant": act("organisation.manage", "person"),
    "organisation:end_grant": act("organisation.manage", "grant"),
    "organisation:transfer": act("organisation.manage", "grant"),
    "organisation:deactivate": act("organisation.manage", "person"),
    "organisation:calendar": page("organisation.read"),
    "organisation:set_day": act("organisation.manage", "calendar"),
    "organisation:load_days": act("organisation.manage", "calendar"),
    "organisation:drop_day": act("organisation.manage", "day"),
    "organisation:roles": page("organisation.read"),
    "admin:*": page(GROUP_ADMIN),
    "admin:login": form(SIGNED),
    # ---- customers
    "customers:list": page("customer.read"),
    "customers:detail": page("customer.read", "customer"),
    "customers:reveal": act("customer.reveal", "customer"),
    "customers:new": form("customer.read", policy=True),
    "customers:reveal_other": act("customer.reveal", "member"),
    "customers:calls": act("customer.read", "customer", policy=True),
    "customers:member_add": act("customer.read", "customer", policy=True),
    "customers:member_end": act("customer.read", "person_of", policy=True),
    "customers:premises_add": act("customer.read", "customer", policy=True),
    "customers:premises_end": act("customer.read", "home_of", policy=True),
    "customers:care_add": act("customer.read", "customer", policy=True),
    "customers:care_end": act("customer.read", "care_of", policy=True),
    "customers:hint_add": act("customer.read", "customer", policy=True),
    "customers:hint_end": act("customer.read", "hint_of", policy=True),
    "customers:merge": form("customer.merge", "twin", policy=True),
    "customers:unmerge": act("customer.merge", "merge", policy=True),
    # ---- contacts
    "contacts:list": page("contact.create"),
    "contacts:register": form("contact.create", "customer", policy=True),
    "contacts:detail": page("contact.create", "contact"),
    "contacts:answer": act("contact.create", "contact", policy=True),
    # ---- data in and out
    "transfer:list": page("import.read"),
    "transfer:new": form("import.run"),
    "transfer:template": page("import.run", "import_kind"),
    "transfer:export": Rule("list.export", "export", policy=True),
    "transfer:detail": page("import.read", "import"),
    "transfer:columns": form("import.run", "import"),
    "transfer:progress": page("import.read", "import"),
    "transfer:load": act("import.run", "import", policy=True),
    "transfer:discard": act("import.run", "import", policy=True),
    "transfer:undo": act("import.run", "import", policy=True),
    "transfer:errors": page("import.run", "import"),
    "transfer:file": page("import.run", "import"),
    # ---- catalogue and standards
    "catalogue:map": page("catalogue.read"),
    "catalogue:question_add": act("catalogue.override", "key_point", policy=True),
    "catalogue:question_retire": act("catalogue.override", "question", policy=True),
    "catalogue:category_move": act("catalogue.override", "category", policy=True),
    "standards:list": page("catalogue.read"),
    "standards:waiting": page("standard.approve"),
    "standards:propose": act("standard.propose", "standard", policy=True),
    "standards:decide": act("standard.approve", "version", policy=True),
    "standards:withdraw": act("standard.propose", "version", policy=True),
    "standards:display": act("standard.propose", "version", policy=True),
    # ---- orders
    "orders:list": page("order.read"),
    "heat:map": page("dashboard.read"),
    "saved_views:list": Rule("bench.read", "saved_list", policy=True),
    "saved_views:save": act("bench.read", "saved_list", policy=True),
    "saved_views:rename": act("bench.read", "saved_list", policy=True),
    "saved_views:delete": act("bench.read", "saved_list", policy=True),
    "saved_views:usual": act("bench.read", "saved_list", policy=True),
    "saved_views:share": act("bench.read", "saved_list", policy=True),
    "orders:new": form("order.create"),
    "orders:find_customers": page("order.create"),
    "orders:detail": page("order.read", "order"),
    "orders:evidence": page("order.read", "evidence"),
    "orders:accept": act("order.read", "order", "order.create", "order.manage"),
    "orders:reject": act("order.read", "order", "order.create", "order.manage"),
    "orders:suspend": act("order.manage", "order", policy=True),
    "orders:resume": act("order.manage", "order", policy=True),
    "orders:cancel": act("order.read", "order", "order.create", "order.manage"),
    "orders:reopen": act("order.manage", "order", policy=True),
    "orders:household_add": act("order.create", "order", policy=True),
    "orders:household_paste": act("order.create", "order", policy=True),
    "orders:stage_complete": act("order.work", "stage", policy=True),
    "orders:stage_fail": act("order.work", "stage", policy=True),
    "orders:stage_retry": act("order.work", "stage", policy=True),
    "orders:stage_skip": act("order.manage", "stage", policy=True),
    "orders:stage_decide": act("order.work", "stage", policy=True),
    "orders:stage_pause": act("order.work", "stage", policy=True),
    "orders:stage_approve_pause": act("order.manage", "stage", policy=True),
    "orders:stage_resume": act("order.work", "stage", policy=True),
    "orders:stage_assign": act("order.manage", "stage", policy=True),
    "orders:stage_take": act("order.work", "stage", policy=True),
    "orders:stage_appoint": act("order.work", "stage", policy=True),
    # ---- promises
    "promises:list": page("order.read"),
    "promises:tell": form("order.work", "stage", policy=True),
    "promises:exempt": form("order.work", "stage", policy=True),
    "promises:exemptions": page("promise.exempt"),
    "promises:decide": act("promise.exempt", "exemption", policy=True),
    "promises:exemption_photo": page("order.read", "exemption"),
    "compensation:list": page("order.read"),
    "compensation:detail": page("order.read", "compensation"),
    "compensation:pay": act("compensation.settle", "compensation", policy=True),
    "compensation:refuse": act("compensation.settle", "compensation", policy=True),
    "compensation:terms": page("catalogue.read"),
    "compensation:decide": act("catalogue.override", "compensation_item", policy=True),
    "pledges:list": page("order.read"),
    "pledges:give": form("order.work", "order"),
    "pledges:detail": page("order.read", "pledge"),
    "pledges:keep": act("order.work", "pledge", policy=True),
    "pledges:change": act("order.work", "pledge", policy=True),
    "pledges:withdraw": act("order.work", "pledge", policy=True),
    # ---- the customer's own page: the token in the address is the key
    "progress:page": page(OPEN, "progress"),
    "progress:call": act(OPEN, "progress"),
    "progress:share": act("order.work", "order", policy=True),
    "progress:withdraw": act("order.work", "order", policy=True),
    "progress:renew": act("order.work", "order", policy=True),
    # ---- expected feedback
    "probes:list": page("record.read"),
    "probes:excuse": form("record.create", "probe", policy=True),
    # ---- appointments
    "appointments:board": page("order.read"),
    "appointments:day": page("order.work"),
    "appointments:half_day": page("order.read", "half_day"),
    "appointments:set_places": act("order.manage", "half_day", policy=True),
    "appointments:book": form("order.work", "stage", policy=True),
    "appointments:detail": page("order.read", "appointment"),
    "appointments:confirm": act("order.work", "appointment", policy=True),
    "appointments:reschedule": form("order.work", "appointment", policy=True),
    "appointments:cancel": act("order.work", "appointment", policy=True),
    "appointments:arrive": act("order.work", "appointment", policy=True),
    "appointments:no_access": form("order.work", "appointment", policy=True),
    "appointments:photo": page("order.read", "door"),
    # ---- the voice
    "intake:rate_stage": act(OPEN, "progress"),
    "intake:list": page("record.read"),
    "intake:new": form("record.create"),
    "intake:find": page("record.create"),
    "intake:mine": page("record.create"),
    "intake:detail": page("record.read", "record"),
    "intake:note": act("record.note", "record"),
    "intake:photo": page("record.read", "photo"),
    # ---- issues
    "issues:list": page("issue.read"),
    "issues:new": form("issue.create"),
    "issues:detail": page("issue.read", "issue"),
    "issues:accept": form("issue.read", "issue", "issue.handle", "issue.vet"),
    "issues:reply": form("issue.read", "issue", "issue.handle", "issue.manage", "issue.vet"),
    "issues:contact": form("issue.read", "issue", "issue.handle", "issue.manage", "issue.vet"),
    "issues:pause": form("issue.read", "issue", "issue.handle", "issue.manage", "issue.vet"),
    "issues:resume": form("issue.read", "issue", "issue.handle", "issue.manage", "issue.vet"),
    "issues:redispatch": form("issue.read", "issue", "issue.manage", "issue.vet"),
    "issues:reopen": form("issue.read", "issue", "issue.create"),
    "issues:close": form("issue.read", "issue", "issue.vet"),
    # ---- call-backs
    "callbacks:list": page("callback.read"),
    "callbacks:detail": page("callback.read", "callback"),
    "callbacks:claim": act("callback.work", "callback", policy=True),
    "callbacks:release": act("callback.work", "callback", policy=True),
    "callbacks:finish": form("callback.work", "callback", policy=True),
    "callbacks:missed": act("callback.work", "callback", policy=True),
    "callbacks:refuse": act("callback.work", "callback", policy=True),
    "callbacks:reveal": act("customer.reveal", "callback", policy=True),
    # ---- scores
    "scorecards:list": page("score.read"),
    "scorecards:compute": act("score.compute"),
    "scorecards:progress": page("score.read", "month"),
    "scorecards:detail": page("score.read", "score"),
}


def rule_of(name: str) -> Rule | None:
    """The line for one URL name; a whole namespace may share one."""
    return MATRIX.get(name) or MATRIX.get(f"{name.partition(':')[0]}:*")
