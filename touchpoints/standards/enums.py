"""Choices of the standards."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Evidence(models.TextChoices):
    """What the figure of a standard rests on."""

    PUBLIC = "public", pgettext_lazy("evidence", "公开承诺")
    SEED = "seed", pgettext_lazy("evidence", "集团方案")
    KNOWLEDGE = "knowledge", pgettext_lazy("evidence", "经验值，待核实")
    DERIVED = "derived", pgettext_lazy("evidence", "由规则推得")


class VersionState(models.TextChoices):
    """What people decided about a company's own value (workflows.md §11); what the calendar makes of it is Standing."""

    DRAFT = "draft", _("待批准")
    APPROVED = "approved", _("已批准")
    REJECTED = "rejected", _("没有批准")
    WITHDRAWN = "withdrawn", _("提议人撤回")
    REPLACED = "replaced", _("没有生效就被接替")


V = VersionState

VERSION_TRANSITIONS: dict[str, frozenset[str]] = {
    V.DRAFT: frozenset({V.APPROVED, V.REJECTED, V.WITHDRAWN}),
    V.APPROVED: frozenset({V.REPLACED}),
    V.REJECTED: frozenset(),
    V.WITHDRAWN: frozenset(),
    V.REPLACED: frozenset(),
}


class Standing(models.TextChoices):
    """Where a version stands on one day: its state, and for an approved one what its dates say."""

    DRAFT = "draft", _("待批准")
    REJECTED = "rejected", _("没有批准")
    WITHDRAWN = "withdrawn", _("提议人撤回")
    REPLACED = "replaced", _("没有生效就被接替")
    APPROVED = "approved", _("已批准，待生效")
    DISPLAYED = "displayed", _("已公示，待生效")
    IN_FORCE = "in_force", _("生效中")
    SUPERSEDED = "superseded", _("已失效")
