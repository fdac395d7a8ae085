"""Words of customers: who belongs to an account, what care a customer needs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Relation(models.TextChoices):
    """How a further person of an account stands to the customer."""

    SPOUSE = "spouse", _("配偶")
    CHILD = "child", _("子女")
    PARENT = "parent", _("父母")
    TENANT = "tenant", _("租客")
    LANDLORD = "landlord", _("房东")
    STAFF = "staff", _("单位经办人")
    OTHER = "other", _("其他联系人")


class CareCode(models.TextChoices):
    """Special care (R105). What the catalogue knows as a segment (VIP, KEY, VULN …) is not repeated here."""

    ELDERLY = "elderly", _("独居老人")
    HEARING = "hearing", _("听力不便")
    SIGHT = "sight", _("视力不便")
    MOBILITY = "mobility", _("行动不便")
    INFANT = "infant", _("家有婴幼儿")
    ILLNESS = "illness", _("家有病人")
    LANGUAGE = "language", _("说方言或外语")
    ANIMAL = "animal", _("家有大型犬")


HINT_DAYS = 90
"""how long a hint stands where its author says nothing else"""
MOST_HINT_DAYS = 365
OPENING_MINUTES = 10
"""coming back to the page of a customer within this time is the same opening for the journal"""
