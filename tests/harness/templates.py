"""Undefined template variables fail, wherever one of our own templates prints, compares, loops over or passes one.

Templates of Django itself (its admin, form widgets) rely on silence and keep it.
"""

from typing import Any

import pytest
from django.conf import settings
from django.template.base import FilterExpression, Variable, VariableDoesNotExist
from django.template.context import Context
from django_cotton.templatetags import Attrs

OURS = str(settings.BASE_DIR / "templates")


class UndefinedVariable(AssertionError):
    """A template asked for a name nobody gave it."""


def _origin(template: Any) -> str:
    return str(getattr(getattr(template, "origin", None), "name", "") or "")


def _is_ours(context: Any) -> bool:
    """Whether the page being rendered is ours; fragments inside it are then ours as well."""
    return isinstance(context, Context) and _origin(context.template).startswith(OURS)


def _names(expression: FilterExpression, context: Context) -> str:
    rendering = getattr(context.render_context, "template", None)
    return f"{{{{ {expression.token} }}}} in {_origin(rendering) or _origin(context.template)}"


def install(patch: pytest.MonkeyPatch) -> None:
    """Make every undefined variable an UndefinedVariable error."""
    resolve = FilterExpression.resolve

    def strict(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        if isinstance(self.var, Variable) and _is_ours(context):
            try:
                self.var.resolve(context)
            except VariableDoesNotExist:
                raise UndefinedVariable(_names(self, context)) from None
        return resolve(self, context, ignore_failures)

    def unprocessable(self: Attrs, key: str) -> None:
        raise UndefinedVariable(f"the attribute :{key} of a component is no known value")

    patch.setattr(FilterExpression, "resolve", strict)
    patch.setattr(Attrs, "unprocessable", unprocessable)
