"""Input of the appointment pages. Forms tidy; whether an act is right is the verb's business."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from cxorders.kit.kept_form import AUTHOR
from cxorders.organisation.models import Unit, User
from touchpoints.appointments.actions import Agreed, Door
from touchpoints.appointments.enums import DAYS_AHEAD, MOST_PLACES, WINDOWS, Half
from touchpoints.orders.enums import AskedBy

WINDOW_CHOICES = [
    (window.code, format_lazy("{} {}", Half(window.half).label, window.label) if window.code in Half else window.label)
    for window in WINDOWS.values()
]
LINES = {"rows": 2}


class BookForm(forms.Form):
    """Crew, day, window."""

    crew = forms.ChoiceField(label=_("班组"))
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    window = forms.ChoiceField(label=_("上门时段"), choices=WINDOW_CHOICES, widget=forms.RadioSelect)
    note = forms.CharField(label=_("上门须知"), max_length=200, required=False)
    client_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, crews: list[Unit], user: User, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.crews = {str(crew.pk): crew for crew in crews}
        self.fields["crew"].choices = [(key, crew.name) for key, crew in self.crews.items()]  # type: ignore[attr-defined]
        last = today + timedelta(days=DAYS_AHEAD)
        self.fields["day"].widget.attrs.update({"min": today.isoformat(), "max": last.isoformat()})
        self.fields["client_key"].initial = uuid4
        self.fields[AUTHOR] = forms.CharField(widget=forms.HiddenInput, required=False, initial=user.pk)

    def agreed(self) -> Agreed:
        """What the verb takes."""
        cleaned = self.cleaned_data
        return Agreed(self.crews[cleaned["crew"]], cleaned["day"], cleaned["window"], cleaned["note"])


class ReasonForm(forms.Form):
    """Who asked, and why."""

    asked_by = forms.ChoiceField(label=_("谁提出"), choices=AskedBy.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("原因"), max_length=300, widget=forms.Textarea(attrs=LINES))


class RescheduleForm(BookForm):
    """A new window, who asked, and why."""

    asked_by = forms.ChoiceField(label=_("谁提出"), choices=AskedBy.choices, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("改约原因"), max_length=300, widget=forms.Textarea(attrs=LINES))
    field_order = ("asked_by", "reason", "crew", "day", "window", "note")


class PlacesForm(forms.Form):
    """How many visits a crew takes."""

    places = forms.IntegerField(label=_("名额"), min_value=0, max_value=MOST_PLACES)


class DeviceForm(forms.Form):
    """What a phone says with an arrival: its time, its place, and the key under which it may repeat itself."""

    device_at = forms.DateTimeField(required=False, widget=forms.HiddenInput(attrs={"data-device-time": ""}))
    latitude = forms.DecimalField(
        required=False, min_value=-90, max_value=90, widget=forms.HiddenInput(attrs={"data-device-place": "latitude"})
    )
    longitude = forms.DecimalField(
        required=False,
        min_value=-180,
        max_value=180,
        widget=forms.HiddenInput(attrs={"data-device-place": "longitude"}),
    )
    client_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client_key"].initial = uuid4

    def position(self) -> tuple[Decimal, Decimal] | None:
        """Latitude and longitude with six decimals, where the phone told both."""
        pair = self.cleaned_data.get("latitude"), self.cleaned_data.get("longitude")
        if pair[0] is None or pair[1] is None:
            return None
        return round(pair[0], 6), round(pair[1], 6)


class NoAccessForm(DeviceForm):
    """What the crew leaves behind at a closed door."""

    called_at = forms.TimeField(
        label=_("几点打的电话"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    call_note = forms.CharField(label=_("电话情况"), max_length=200, required=False)
    photo = forms.FileField(label=_("门口照片"), required=False)
    place = forms.CharField(label=_("地点（门牌）"), max_length=200, required=False)

    def door(self, called_at: Any) -> Door:
        """What the verb takes."""
        cleaned = self.cleaned_data
        return Door(
            called_at=called_at,
            call_note=cleaned["call_note"],
            photo=cleaned["photo"],
            place=cleaned["place"],
            position=self.position(),
        )


HALVES = frozenset(Half.values)
