"""Rows with a Chinese and an English name."""

from django.db import models
from django.utils.translation import get_language


class Named(models.Model):
    """Mixin: `zh` and `en` columns, `name` in the language of the reader."""

    zh = models.CharField(max_length=200)
    en = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the active language; Chinese where no English one exists."""
        return self.en if self.en and (get_language() or "").startswith("en") else self.zh
