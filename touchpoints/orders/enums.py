"""States of orders and stages, and the tables that say which steps exist (workflows.md §1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrderState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    ACCEPTED = "accepted", _("已受理")
    RUNNING = "running", _("进行中")
    SUSPENDED = "suspended", _("已挂起")
    DONE = "done", _("已完工")
    OBSERVING = "observing", _("观察期")
    CLOSED = "closed", _("已结束")
    CANCELLED = "cancelled", _("已取消")
    REJECTED = "rejected", _("不予受理")


class StageState(models.TextChoices):
    PENDING = "pending", _("未开始")
    ACTIVE = "active", _("进行中")
    PAUSED = "paused", _("挂起")
    DONE = "done", _("完成")
    SKIPPED = "skipped", _("跳过")
    FAILED = "failed", _("失败")


O, S = OrderState, StageState  # noqa: E741

ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    O.DRAFT: frozenset({O.ACCEPTED, O.REJECTED, O.CANCELLED}),  # O2 O3 O13
    O.ACCEPTED: frozenset({O.RUNNING, O.CANCELLED}),  # O4 O13
    O.RUNNING: frozenset({O.SUSPENDED, O.DONE, O.CANCELLED}),  # O11 O12 O13
    O.SUSPENDED: frozenset({O.RUNNING, O.CANCELLED}),  # O11 O13
    O.DONE: frozenset({O.OBSERVING, O.CANCELLED}),  # O14
    O.OBSERVING: frozenset({O.CLOSED}),  # O15
    O.CLOSED: frozenset({O.RUNNING}),  # O16
    O.CANCELLED: frozenset(),
    O.REJECTED: frozenset(),
}

STAGE_TRANSITIONS: dict[str, frozenset[str]] = {
    S.PENDING: frozenset({S.ACTIVE, S.SKIPPED}),  # O5 O10
    S.ACTIVE: frozenset({S.PAUSED, S.DONE, S.FAILED}),  # O6 O8 O9
    S.PAUSED: frozenset({S.ACTIVE}),  # O7
    S.FAILED: frozenset({S.ACTIVE}),  # O9: a new appointment starts the stage again
    S.DONE: frozenset(),
    S.SKIPPED: frozenset(),
}

OPEN_ORDER_STATES = (O.DRAFT, O.ACCEPTED, O.RUNNING, O.SUSPENDED, O.DONE, O.OBSERVING)
OPEN_STAGE_STATES = (S.ACTIVE, S.PAUSED)


class PauseReason(models.TextChoices):
    """The only reasons that stop a clock (metrics.md 0.5)."""

    WAITING_CUSTOMER = "waiting_customer", _("等待客户(资料、缴费、客户要求改约)")
    PERMIT = "permit", _("等待许可或集团外第三方")
    FORCE_MAJEURE = "force_majeure", _("经批准的不可抗力")


class EvidenceKind(models.TextChoices):
    TICK = "tick", _("勾选确认")
    TEXT = "text", _("文字")
    NUMBER = "number", _("读数")
    PHOTO = "photo", _("照片")
    SIGNATURE = "signature", _("客户签字")
    REASON = "reason", _("未取得的原因")


class AskedBy(models.TextChoices):
    """Who wanted an order cancelled (O13)."""

    CUSTOMER = "customer", _("客户")
    COMPANY = "company", _("公司")


EMERGENCY_TYPES = frozenset({"OT-EMERG"})
"""order types whose clock never stops (O6, X5)"""

CALLBACK_PROCESS = "CC-CALLBACK"
CALLBACK_DEPARTMENTS = ("D-CC", "D-CS")
"""stages of this process at these departments are call-backs: they follow the service, nobody waits for them (O12)"""

NIGHT_BEGINS, NIGHT_ENDS = 22, 6
"""hours of the business zone between which no supply is restored to residents (STD-EC-17)"""
BUSINESS_SEGMENTS = ("CI", "PUBLIC", "KEY")
"""customers who are no residents"""

MAX_PAUSES = 2
PAUSE_DAYS_UNAPPROVED = 1
"""working days a pause may last without the approval of the department manager (metrics.md 0.5)"""
PAUSE_DAYS = 15
"""calendar days after which every pause ends by itself"""
RETRY_DAYS = 3
"""calendar days for a new appointment after a failed stage (STD-HS-13)"""
REOPEN_DAYS = 30
"""calendar days in which a closed order may be reopened for rework (O16)"""
WINDOW_DAYS, GRACE_DAYS = 15, 5
"""working days of the call-back window, and after it before an order closes by itself (O15)"""
