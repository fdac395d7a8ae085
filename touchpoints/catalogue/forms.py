"""Input of a company's own part of the catalogue."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.enums import UnitKind
from cxorders.organisation.models import Unit
from touchpoints.catalogue.actions import OWN_QUESTION_TYPES


class QuestionForm(forms.Form):
    """A question a company adds to a key point."""

    zh = forms.CharField(label=_("问题"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    en = forms.CharField(label=_("英文"), max_length=300, required=False)
    type = forms.ChoiceField(label=_("怎么答"), choices=[(t.value, t.label) for t in OWN_QUESTION_TYPES])


class DepartmentForm(forms.Form):
    """Another department of the company for an issue category."""

    department = forms.ChoiceField(label=_("改由哪个部门答复"))

    def __init__(self, *args: Any, company: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - tells the type checker
        field.choices = department_choices(company)


def department_choices(company: Unit) -> list[tuple[str, str]]:
    """Catalogue code and name of every open department of `company`."""
    rows = Unit.objects.filter(company=company, kind=UnitKind.DEPARTMENT, closed_on=None).exclude(department_code="")
    return list({unit.department_code: unit.name for unit in rows.order_by("-path")}.items())[::-1]
