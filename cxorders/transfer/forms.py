"""Input of the import pages. Forms tidy; whether an act is right is the verb's business."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cxorders.organisation.models import Unit
from cxorders.transfer.kinds import Kind, all_kinds

NONE = ""
ACCEPT = ".xlsx,.csv,.txt"


class NewForm(forms.Form):
    """What, for which company, out of which file."""

    kind = forms.ChoiceField(label=_("导入什么"), widget=forms.RadioSelect)
    company = forms.ChoiceField(label=_("导入到"))
    file = forms.FileField(
        label=_("文件"),
        help_text=_("Excel（.xlsx）或 CSV，最多 20 万行、40 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
        error_messages={"empty": _("文件是空的，里面没有数据。")},
    )

    def __init__(self, *args: Any, companies: Sequence[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.companies = {str(unit.pk): unit for unit in companies}
        self.fields["kind"].choices = [(kind.code, kind.name) for kind in all_kinds()]  # type: ignore[attr-defined]
        self.fields["company"].choices = [(key, unit.name) for key, unit in self.companies.items()]  # type: ignore[attr-defined]
        if len(self.companies) == 1:
            self.fields["company"].widget = forms.HiddenInput()
            self.fields["company"].initial = next(iter(self.companies))

    def unit(self) -> Unit:
        """The company chosen; only for a valid form."""
        return self.companies[self.cleaned_data["company"]]


class ColumnsForm(forms.Form):
    """For each thing a kind knows, the column of the file it stands in."""

    def __init__(self, *args: Any, kind: Kind, headers: Sequence[str], places: dict[str, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(place), name) for place, name in enumerate(headers)]
        for column in kind.columns:
            place = places.get(column.code)
            nothing = _("（请选择）") if column.required else _("（文件里没有）")
            self.fields[column.code] = forms.ChoiceField(
                label=str(column.name),
                required=column.required,
                choices=[(NONE, nothing), *choices],
                initial=str(place) if place is not None else NONE,
                help_text=str(column.about),
            )

    def places(self) -> dict[str, int]:
        """Code of a column → place in the heading."""
        return {code: int(place) for code, place in self.cleaned_data.items() if place != NONE}


class ReasonForm(forms.Form):
    """Why an import is undone."""

    reason = forms.CharField(label=_("撤销原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
