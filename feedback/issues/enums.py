"""States of an issue and the table of its steps (workflows.md §3, I1–I24)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class IssueState(models.TextChoices):
    NEW = "new", _("新建")
    TRIAGED = "triaged", _("已定级")
    DISPATCHED = "dispatched", _("已派单")
    ACCEPTED = "accepted", _("已接收")
    RETURNED = "returned", _("退单待裁")
    IN_PROGRESS = "in_progress", _("处理中")
    PENDING_CUSTOMER = "pending_customer", _("待客户")
    GATE_REVIEW = "gate_review", _("公司把关")
    HQ_QUEUE = "hq_queue", _("待集团受理")
    HQ_DISPATCHED = "hq_dispatched", _("集团处理")
    REPLIED = "replied", _("已答复")
    VERIFYING = "verifying", _("回访核实")
    CLOSED = "closed", _("已关闭")
    REOPENED = "reopened", _("已重开")
    MERGED = "merged", _("已合并")
    REJECTED = "rejected", _("不予受理")


S = IssueState

ISSUE_TRANSITIONS: dict[str, frozenset[str]] = {
    S.NEW: frozenset({S.TRIAGED}),  # I2
    S.TRIAGED: frozenset({S.MERGED, S.REJECTED, S.DISPATCHED}),  # I3 I4 I5
    S.DISPATCHED: frozenset({S.ACCEPTED, S.RETURNED}),  # I6 I7
    S.RETURNED: frozenset({S.DISPATCHED}),  # I8
    S.ACCEPTED: frozenset({S.IN_PROGRESS}),  # I9
    S.IN_PROGRESS: frozenset({S.PENDING_CUSTOMER, S.GATE_REVIEW, S.REPLIED}),  # I10 I11 I17
    S.PENDING_CUSTOMER: frozenset({S.IN_PROGRESS}),  # I10
    S.GATE_REVIEW: frozenset({S.IN_PROGRESS, S.HQ_QUEUE}),  # I12 I13
    S.HQ_QUEUE: frozenset({S.HQ_DISPATCHED, S.IN_PROGRESS}),  # I14 I15
    S.HQ_DISPATCHED: frozenset({S.IN_PROGRESS}),  # I16
    S.REPLIED: frozenset({S.VERIFYING}),  # I18
    S.VERIFYING: frozenset({S.CLOSED, S.REOPENED}),  # I19 I20
    S.CLOSED: frozenset({S.REOPENED}),  # I21
    S.REOPENED: frozenset({S.IN_PROGRESS}),  # I22
    S.MERGED: frozenset(),
    S.REJECTED: frozenset(),
}

OPEN_STATES = tuple(state for state in S if state not in (S.CLOSED, S.MERGED, S.REJECTED))
RUNNING_STATES = tuple(state for state in OPEN_STATES if state not in (S.PENDING_CUSTOMER, S.REPLIED, S.VERIFYING))
"""states in which the clock of the answer runs: neither paused nor answered"""


class Level(models.TextChoices):
    """Who holds the issue now; hours per level add up to the whole case time."""

    FRONT = "front", _("首问受理")
    DEPARTMENT = "department", _("部门")
    GATE = "gate", _("公司把关")
    HQ_CS = "hq_cs", _("集团客服部")
    HQ_DEPT = "hq_dept", _("集团相关部门")
    CALLBACK = "callback", _("回访核实")


class IssueSource(models.TextChoices):
    RECORD = "record", _("体验记录")
    CALL = "call", _("来电")
    FRONT = "front", _("前台反映")
    CALLBACK = "callback", _("回访")


class CauseCode(models.TextChoices):
    """Why it happened; an answer without a cause is no answer (I17)."""

    PEOPLE = "people", _("人员：态度、技能、疏忽")
    PROCESS = "process", _("流程：规定不顺或没执行")
    POLICY = "policy", _("政策：规定本身")
    AUTHORITY = "authority", _("权限不足")
    SYSTEM = "system", _("系统或设备")
    MATERIAL = "material", _("物资、备件")
    EXTERNAL = "external", _("外部：许可、第三方、天气")
    CUSTOMER = "customer", _("客户自身条件")


class ClosedHow(models.TextChoices):
    CONFIRMED = "confirmed", _("客户确认解决")
    UNREACHABLE = "unreachable", _("按规则联系不上，已留言")
    EXCEPTION = "exception", _("例外关闭")
