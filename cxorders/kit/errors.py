"""Errors in the words of the business (DESIGN §5.8).

A verb that refuses raises a subclass of `BusinessError`, defined beside the verb. One handler
(`cxorders.web.middleware`) turns it into a message on the page; nothing typed is lost.
"""

from typing import ClassVar

from django.utils.translation import get_language


class BusinessError(Exception):
    """A refusal a person can understand: stable `code`, Chinese and English sentence, HTTP `status`.

    `zh` and `en` may hold `{name}` places, filled from the keyword arguments of the constructor.
    """

    code: ClassVar[str] = "error"
    zh: ClassVar[str] = "操作没有完成。"
    en: ClassVar[str] = "The action was not carried out."
    status: ClassVar[int] = 422
    field: str | None = None

    def __init__(self, *, field: str | None = None, **values: object) -> None:
        self.values = values
        self.field = field
        super().__init__(self.in_language("en"))

    def in_language(self, language: str) -> str:
        """The sentence in `language` ("zh-hans" or "en"), places filled."""
        text = self.en if language.startswith("en") else self.zh
        return text.format(**self.values)

    def __str__(self) -> str:
        return self.in_language(get_language() or "zh-hans")


class NotAllowed(BusinessError):
    """The row is visible, the act is not this person's (403)."""

    code = "not_allowed"
    zh = "您的角色不能做这一步。"
    en = "Your role does not include this step."
    status = 403


class Stale(BusinessError):
    """Somebody else was faster: the row is no longer in the state this act starts from (409)."""

    code = "stale"
    zh = "刚刚有人先处理了这一条，请看最新状态后再操作；您填写的内容还在。"
    en = "Somebody else has just acted on this item. Look at its present state and try again; what you typed is kept."
    status = 409


class WrongState(BusinessError):
    """The transition table has no such step from the present state."""

    code = "wrong_state"
    zh = "当前状态下不能做这一步。"
    en = "This step is not possible in the present state."
    status = 409
