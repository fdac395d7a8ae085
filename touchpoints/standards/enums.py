"""Choices of the standards."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Evidence(models.TextChoices):
    """What the figure of a standard rests on."""

    PUBLIC = "public", pgettext_lazy("evidence", "公开承诺")
    SEED = "seed", pgettext_lazy("evidence", "集团方案")
    KNOWLEDGE = "knowledge", pgettext_lazy("evidence", "经验值，待核实")
    DERIVED = "derived", pgettext_lazy("evidence", "由规则推得")
