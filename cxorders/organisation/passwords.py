"""Rules a new password must keep, in our own words (Django's Chinese catalogue lacks the sentence)."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import ngettext


class LongEnough(MinimumLengthValidator):
    """At least `min_length` characters."""

    def get_error_message(self) -> str:
        return (
            ngettext("密码太短，至少要 %d 个字符。", "密码太短，至少要 %d 个字符。", self.min_length) % self.min_length
        )

    def get_help_text(self) -> str:
        return ngettext("密码至少要 %d 个字符。", "密码至少要 %d 个字符。", self.min_length) % self.min_length
