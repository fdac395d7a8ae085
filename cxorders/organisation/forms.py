"""Input of the organisation pages → clean values; units and people are named by code and sign-in name."""

import datetime
import re
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.password_validation import validate_password
from django.core.validators import RegexValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cxorders.kit.errors import BusinessError
from cxorders.organisation.enums import UNIT_CHILDREN, UnitKind
from cxorders.organisation.models import Unit, User
from cxorders.organisation.roles import ROLES

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9._-]*$", _("只用字母、数字、点、横线。"))
PHONE = RegexValidator(r"^[0-9+ -]{3,20}$", _("电话只写数字，3 至 20 位。"))
WEEKDAYS = (_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日"))
MOST_DAYS_FILE = 200_000
_PAIR = re.compile(r"^(\d{1,2}:\d{2})\s*[-–—~至]\s*(\d{1,2}:\d{2})$")


def role_choices() -> list[tuple[str, str]]:
    """Every role a person can hold, in the order of the catalogue."""
    return [(role.code, role.name) for role in ROLES.values() if role.permissions]


class UnitByCode(forms.CharField):
    """A unit typed or picked by its code, among those the person who asks may see."""

    def __init__(self, *, viewer: User, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("label", _("单位编码"))
        super().__init__(**kwargs)
        self.viewer = viewer
        self.widget.attrs["list"] = "units"

    def clean(self, value: Any) -> Any:
        code = super().clean(value)
        if not code:
            return None
        unit = Unit.objects.visible_to(self.viewer).filter(code=code).select_related("company").first()
        if unit is None:
            raise forms.ValidationError(_("没有编码为“%(code)s”的单位。"), params={"code": code})
        return unit


class PersonByUsername(forms.CharField):
    """A person typed or picked by sign-in name, among those the person who asks may see."""

    def __init__(self, *, viewer: User, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 150)
        super().__init__(**kwargs)
        self.viewer = viewer
        self.widget.attrs |= {"list": "people", "autocapitalize": "none"}

    def clean(self, value: Any) -> Any:
        username = super().clean(value)
        if not username:
            return None
        person = User.objects.visible_to(self.viewer).filter(username=username).first()
        if person is None:
            raise forms.ValidationError(_("没有登录名为“%(name)s”的人员。"), params={"name": username})
        return person


class GrantForm(forms.Form):
    """A role at a unit."""

    role_code = forms.ChoiceField(label=_("角色"), choices=role_choices, widget=forms.Select)

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitByCode(viewer=viewer)


class TransferForm(GrantForm):
    """Where a grant moves, in which role, and who takes over."""

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self.fields["successor"] = PersonByUsername(viewer=viewer, label=_("未办结事项交给"), required=False)


class DeactivateForm(forms.Form):
    """Who takes over from somebody who leaves."""

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"] = PersonByUsername(viewer=viewer, label=_("接手人的登录名"), required=False)


class PersonForm(forms.Form):
    """Name and phone of a person."""

    name = forms.CharField(label=_("姓名"), max_length=80)
    phone = forms.CharField(label=_("电话"), max_length=20, required=False, validators=[PHONE])


class NewPersonForm(PersonForm):
    """A new person with a first password and a first role."""

    username = forms.CharField(label=_("登录名"), max_length=150, validators=[CODE])
    password = forms.CharField(
        label=_("初始密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("至少 8 位，不能全是数字；请本人登录后修改。"),
    )
    role_code = forms.ChoiceField(label=_("角色"), choices=role_choices, widget=forms.Select)

    field_order = ["name", "username", "password", "phone", "role_code", "unit"]

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitByCode(viewer=viewer)
        self.order_fields(self.field_order)

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class PasswordForm(forms.Form):
    """A new password set by an administrator."""

    password = forms.CharField(
        label=_("新密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class OwnPasswordForm(PasswordChangeForm):
    """Django's check of the former and the two new passwords; saving is the verb's business."""


class LanguageForm(forms.Form):
    """The language a person reads."""

    language = forms.ChoiceField(label=_("界面语言"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


class UnitNameForm(forms.Form):
    """Both names of a unit."""

    zh = forms.CharField(label=_("中文名称"), max_length=200)
    en = forms.CharField(label=_("英文名称"), max_length=300, required=False)


class NewUnitForm(UnitNameForm):
    """A unit below another one."""

    kind = forms.ChoiceField(label=_("类型"), widget=forms.Select)
    code = forms.CharField(label=_("编码"), max_length=40, validators=[CODE], help_text=_("定了不再改。"))
    department_code = forms.CharField(
        label=_("归口部门代码"),
        max_length=20,
        required=False,
        validators=[CODE],
        help_text=_("目录里的部门，如 D-HOME。"),
    )

    field_order = ["kind", "code", "zh", "en", "department_code"]

    def __init__(self, *args: Any, parent: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [(kind.value, kind.label) for kind in UnitKind if kind in UNIT_CHILDREN[parent.kind]]
        self.fields["kind"].choices = allowed  # type: ignore[attr-defined]


class WindowsForm(forms.Form):
    """Working windows of a unit: one line per weekday, pairs such as 08:30-12:00 separated by commas or blanks."""

    follows_holidays = forms.BooleanField(label=_("按国家法定节假日放假、调休"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, label in enumerate(WEEKDAYS):
            self.fields[f"day{number}"] = forms.CharField(label=label, max_length=80, required=False)

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven lines, Monday first."""
        return [self[f"day{number}"] for number in range(7)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        windows: dict[str, list[list[str]]] = {}
        for number in range(7):
            pairs = _pairs(cleaned.get(f"day{number}", ""))
            if pairs is None:
                self.add_error(f"day{number}", _("写成 08:30-12:00，多段用逗号隔开；休息就留空。"))
            elif pairs:
                windows[str(number)] = pairs
        return cleaned | {"windows": windows}


def windows_text(windows: dict[str, list[list[str]]], day: int) -> str:
    """The windows of one weekday as the form shows them."""
    return ", ".join(f"{start}-{end}" for start, end in windows.get(str(day), []))


def week_lines(windows: dict[str, list[list[str]]]) -> list[tuple[str, str]]:
    """The week in words, equal neighbours together: ("周一至周五", "08:30-12:00, 13:30-17:30"), ("周六至周日", "")."""
    lines = []
    for text, days in groupby(range(7), key=lambda day: windows_text(windows, day)):
        first, *_others, last = [*days] * 2
        names = {"first": WEEKDAYS[first], "last": WEEKDAYS[last]}
        lines.append((str(WEEKDAYS[first]) if first == last else gettext("%(first)s至%(last)s") % names, text))
    return lines


def _pairs(text: str) -> list[list[str]] | None:
    parts = [part.strip() for part in re.split(r"[,，;；、]", text) if part.strip()]
    matches = [_PAIR.match(part) for part in parts]
    if not all(matches):
        return None
    return [[match[1].zfill(5), match[2].zfill(5)] for match in matches if match]


class DayForm(forms.Form):
    """A day off or a make-up working day."""

    date = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    is_off = forms.TypedChoiceField(
        label=_("这一天"),
        choices=[("1", _("放假")), ("0", _("调休上班"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("名称"), max_length=60)

    def clean_date(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["date"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError(_("年份要在 2000 至 2100 之间。"))
        return day


class DaysFileForm(forms.Form):
    """The days of a year or more as a CSV file: date, name, is_off_day, notice_year."""

    file = forms.FileField(
        label=_("放假安排文件（CSV）"),
        help_text=_("四列：date、name、is_off_day（True 放假，False 上班）、notice_year；文件里有的年份整年替换。"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_DAYS_FILE:
            raise forms.ValidationError(_("文件太大，放假安排只有几十行。"))
        return file


def add_refusal(form: forms.Form, error: BusinessError) -> None:
    """Show a refusal of a verb at the field it is about, or above the form; what was typed stays."""
    form.add_error(error.field if error.field in form.fields else None, str(error))
