"""The tag library of every template: icons, formats, badges, geometry, form controls, links that keep filters.

`{% load cx %}`. Nothing here queries the database or reads the clock.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import template
from django.forms import BoundField, widgets
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cxorders.kit import badges, formats, geometry

register = template.Library()

# ---- formats -----------------------------------------------------------------------------------------------------

for name in ("score", "percent", "signed", "sample", "working_days", "date_prose", "day_prose", "month_prose"):
    register.filter(name, getattr(formats, name))
for name in ("mask_phone", "spaced_phone", "date_table", "date_export", "number", "duration", "working", "moment"):
    register.filter(name, getattr(formats, name))


def to_float(value: object) -> float | None:
    """A number out of whatever a template attribute brought along; None for nothing."""
    if value is None or value == "":
        return None
    return float(str(value))


@register.filter
def minutes(value: object) -> timedelta | None:
    """Minutes (a number) as a span for `duration` and `working`."""
    count = to_float(value)
    return None if count is None else timedelta(minutes=count)


@register.filter
def ratio_percent(value: object) -> float | None:
    """A ratio 0–1 as the number of percent a figure takes."""
    ratio = to_float(value)
    return None if ratio is None else ratio * 100


@register.filter
def initial(name: object) -> str:
    """The first character of a name, for the round sign beside it."""
    return str(name or "").strip()[:1] or "·"


@register.filter
def iso(value: date | datetime | None) -> str:
    """The value of a `datetime` attribute."""
    return value.isoformat() if value else ""


@register.simple_tag
def interval_text(low: object, high: object, places: int = 1) -> str:
    """An interval as text: 90.1–94.2."""
    return formats.interval(to_float(low), to_float(high), places)


@register.simple_tag
def number_text(value: object, places: object = 1) -> str:
    """A figure with `places` decimals, half-up."""
    return formats.number(to_float(value), int(str(places)))


@register.simple_tag
def figure_size(value: object, n: object = None) -> str:
    """What may be said about a figure: none, low, hint or full. Without `n` (not a sample) it is full."""
    if value is None or value == "":
        return "none"
    return "full" if n is None or n == "" else formats.sample(int(str(n)))


@register.filter
def magnitude(value: object) -> float | int:
    """A number without its sign."""
    return abs(value) if isinstance(value, (int, float)) else abs(to_float(value) or 0.0)


# ---- icons and badges --------------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """A sprite icon, hidden from screen readers unless `label` names it. `size`: extra classes (lg, xl, ld)."""
    css = f"ic {size}".strip()
    href = f"{static('vendor/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="{}" role="img" aria-label="{}"><use href="{}"/></svg>', css, label, href)
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"/></svg>', css, href)


@register.simple_tag
def badge(machine: str, state: object) -> badges.Badge:
    """Kind, icon and word of a state: `{% badge "issue" issue.state as look %}`."""
    return badges.badge(machine, str(state))


@register.simple_tag
def state_look(machine: str, state: object, severity: str = "") -> badges.Badge | None:
    """The look of a severity, else of a state of a machine, else nothing."""
    if severity:
        return badges.badge("severity", str(severity))
    return badges.badge(machine, str(state)) if machine else None


# ---- rows with optional parts ------------------------------------------------------------------------------------


@register.filter
def filled(rows: Iterable[Any] | None, names: str) -> list[dict[str, Any]]:
    """Rows (mappings or objects) as mappings in which each of `names` exists, None where the row has no such part."""
    known = names.split()
    return [
        dict.fromkeys(known) | dict(row)
        if isinstance(row, Mapping)
        else {name: getattr(row, name, None) for name in {*known, *getattr(row, "__dict__", {})}}
        for row in rows or []
    ]


# ---- geometry ----------------------------------------------------------------------------------------------------


@register.filter
def heat_level(value: object) -> int:
    """The heat tint 0–6 of a percentage."""
    return geometry.heat_level(to_float(value) or 0.0)


@register.simple_tag
def share(value: object, low: object = 0, high: object = 100) -> float:
    """Percent of the width at which `value` lies between `low` and `high`."""
    return geometry.share(to_float(value) or 0.0, to_float(low) or 0.0, to_float(high) or 0.0)


@register.simple_tag
def spark(
    values: Sequence[float | None] | None,
    target: object = None,
    reference: Sequence[float | None] | None = None,
    low: object = None,
    high: object = None,
    height: int = 34,
) -> geometry.Spark:
    """Geometry of a small trend; None in `values` is a gap."""
    return geometry.spark(
        list(values or []),
        target=to_float(target),
        reference=list(reference or []),
        low=to_float(low),
        high=to_float(high),
        height=height,
    )


@register.simple_tag
def interval_line(
    value: object, low: object, high: object, target: object = None, minimum: object = 0, maximum: object = 100
) -> geometry.IntervalLine:
    """Geometry of a value with its interval."""
    return geometry.interval_line(
        to_float(value) or 0.0,
        to_float(low),
        to_float(high),
        target=to_float(target),
        minimum=to_float(minimum) or 0.0,
        maximum=to_float(maximum) or 0.0,
    )


@register.simple_tag
def lay_out(segments: Iterable[Mapping[str, Any]]) -> list[geometry.Piece]:
    """Pieces of a level clock from `[{"kind": …, "minutes": …}]`."""
    return geometry.pieces([(str(s["kind"]), to_float(s["minutes"]) or 0.0) for s in segments])


@register.simple_tag
def waterfall(rows: Sequence[Mapping[str, Any]], total: object) -> dict[str, Any]:
    """`height` of the picture, `bars` for rows `{"label", "value", "kind"?, "note"?}`, and the bar of the total."""
    values = [to_float(row["value"]) or 0.0 for row in rows]
    *steps, last = geometry.waterfall(values, total=to_float(total) or 0.0)
    bars = [
        {
            "label": row["label"],
            "text": formats.signed(value),
            "note": row.get("note", ""),
            "kind": row.get("kind") or ("minus" if value < 0 else "plus"),
            "step": step,
        }
        for row, value, step in zip(rows, values, steps, strict=True)
    ]
    return {"bars": bars, "total": last, "sum": formats.score(to_float(total)), "height": last.y + 24}


@register.simple_tag
def ladder(value: object, floor: object, target: object, stretch: object) -> geometry.Ladder:
    """Geometry of a value on its ladder."""
    return geometry.ladder(*(to_float(x) or 0.0 for x in (value, floor, target, stretch)))


@register.simple_tag
def span(start: datetime, end: datetime, first: datetime, last: datetime) -> geometry.Span:
    """Geometry of a stretch of time on an axis."""
    return geometry.span(start, end, first, last)


# ---- links that keep the other filters ---------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def query_value(context: template.Context, name: str) -> str:
    """One parameter of the present address, empty when it is not there."""
    request: HttpRequest | None = context.get("request")
    return request.GET.get(name, "") if request else ""


PLACE_IN_LIST = ("page", "after", "before", "cursor")


def _query_with(query: QueryDict, **changes: str | None) -> str:
    changed = query.copy()
    for name in (*PLACE_IN_LIST, *changes):
        changed.pop(name, None)
    for name, value in changes.items():
        if value not in (None, ""):
            changed[name] = str(value)
    return f"?{changed.urlencode()}" if changed else "?"


@register.simple_tag(takes_context=True)
def filter_links(
    context: template.Context, param: str, options: Iterable[tuple[Any, Any]], default: str = ""
) -> dict[str, Any]:
    """Links for one filter of the URL: `chosen` label, `clear` link and `links` (label, url, current).

    `options` are (value, label) pairs; the current value is read from `request.GET`.
    """
    request: HttpRequest | None = context.get("request")
    query = request.GET if request else QueryDict()
    present = query.get(param, default)
    links = [
        {"label": label, "url": _query_with(query, **{param: str(value)}), "current": str(value) == present}
        for value, label in options
    ]
    chosen = next((link["label"] for link in links if link["current"]), "")
    is_set = param in query and query[param] not in ("", default)
    return {"links": links, "chosen": chosen, "is_set": is_set, "clear": _query_with(query, **{param: None})}


@register.simple_tag(takes_context=True)
def toggle_link(context: template.Context, param: str, value: object = "1") -> dict[str, Any]:
    """Link that switches one filter on or off, and whether it is on."""
    request: HttpRequest | None = context.get("request")
    query = request.GET if request else QueryDict()
    on = query.get(param) == str(value)
    return {"on": on, "url": _query_with(query, **{param: None if on else str(value)})}


@register.simple_tag(takes_context=True)
def sort_link(context: template.Context, column: str, param: str = "sort") -> dict[str, str]:
    """Link and present direction for a sortable head: `?sort=due` ascending, `?sort=-due` descending."""
    request: HttpRequest | None = context.get("request")
    query = request.GET if request else QueryDict()
    present = query.get(param, "")
    direction = {column: "ascending", f"-{column}": "descending"}.get(present, "")
    target = f"-{column}" if direction == "ascending" else column
    return {"url": _query_with(query, **{param: target}), "direction": direction}


# ---- form controls -----------------------------------------------------------------------------------------------


@register.filter
def control_kind(field: BoundField) -> str:
    """How a bound field is drawn: check, choices, select, area, file, hidden or input."""
    widget = field.field.widget
    table: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (widgets.CheckboxInput, "check"),
        ((widgets.RadioSelect, widgets.CheckboxSelectMultiple), "choices"),
        (widgets.Select, "select"),
        (widgets.Textarea, "area"),
        (widgets.FileInput, "file"),
        (widgets.HiddenInput, "hidden"),
    )
    return next((kind for types, kind in table if isinstance(widget, types)), "input")


CONTROL_CLASS = {"check": "form-check-input", "select": "form-select", "choices": "", "hidden": ""}


@register.simple_tag
def control(field: BoundField, **attributes: object) -> SafeString:
    """The widget of a bound field with our classes, tied to its help and its errors.

    Extra attributes come with underscores: `{% control form.x data_grow="" rows=3 %}`.
    """
    classes = f"{field.field.widget.attrs.get('class', '')} {CONTROL_CLASS.get(control_kind(field), 'form-control')}"
    attrs: dict[str, str | bool] = {
        name.replace("_", "-"): str(value) for name, value in attributes.items() if value is not None
    }
    described = [
        f"{field.auto_id}_{part}" for part, there in (("help", field.help_text), ("error", field.errors)) if there
    ]
    if classes.strip():
        attrs["class"] = classes.strip() + (" is-invalid" if field.errors else "")
    if described and not field.is_hidden:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def choice_list(
    field: BoundField | None, name: str, options: Iterable[tuple[Any, Any]] | None, value: object
) -> dict[str, Any]:
    """Name, id and options `{value, label, checked, id}` of a radio or check set, from a bound field or plainly."""
    if isinstance(field, BoundField):
        name, identity, value = field.html_name, field.auto_id, field.value()
        pairs = list(getattr(field.field, "choices", options or []) if options is None else options)
    else:
        identity, pairs = f"id_{name}", list(options or [])
    many = value if isinstance(value, (list, tuple, set)) else [value]
    chosen = {str(v) for v in many if v not in (None, "")}
    rows = [
        {"value": str(v), "label": label, "checked": str(v) in chosen, "id": f"{identity}_{index}"}
        for index, (v, label) in enumerate((v, label) for v, label in pairs if str(v) != "")
    ]
    single = "" if value is None or isinstance(value, (list, tuple, set)) else str(value)
    return {"name": name, "id": identity, "options": rows, "value": single}


@register.filter
def as_json(value: object) -> str:
    """A value for a data attribute, escaped by the template as any text."""
    return json.dumps(value, ensure_ascii=False, default=str)
