"""The tag library: links keep the other filters, rows may leave parts out, controls name their help and errors."""

from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django_cotton.compiler_regex import CottonCompiler

from cxorders.templatetags import cx


def draw(source: str, address: str = "/issues/", **values: Any) -> str:
    context = Context({"request": RequestFactory().get(address), **values})
    return Template("{% load cx %}" + source).render(context).strip()


def links(address: str, default: str = "") -> dict[str, Any]:
    context = Context({"request": RequestFactory().get(address)})
    return cx.filter_links(context, "severity", [("SEV1", "特急"), ("SEV3", "一般")], default)


def test_a_filter_keeps_the_others_and_starts_the_list_again() -> None:
    shown = links("/issues/?unit=7&severity=SEV1&after=abc&page=3")

    assert [link["url"] for link in shown["links"]] == ["?unit=7&severity=SEV1", "?unit=7&severity=SEV3"]
    assert [link["current"] for link in shown["links"]] == [True, False]
    assert (shown["chosen"], shown["is_set"], shown["clear"]) == ("特急", True, "?unit=7")


def test_a_filter_at_its_default_is_not_marked_as_set() -> None:
    shown = links("/issues/", default="SEV3")

    assert (shown["chosen"], shown["is_set"]) == ("一般", False)


def test_an_unknown_value_in_the_address_chooses_nothing() -> None:
    assert links("/issues/?severity=%3Cscript%3E")["chosen"] == ""


def test_a_toggle_goes_both_ways() -> None:
    off = cx.toggle_link(Context({"request": RequestFactory().get("/?a=1")}), "running")
    on = cx.toggle_link(Context({"request": RequestFactory().get("/?a=1&running=1")}), "running")

    assert (off, on) == ({"on": False, "url": "?a=1&running=1"}, {"on": True, "url": "?a=1"})


@pytest.mark.parametrize(
    ("present", "url", "direction"),
    [("", "?sort=due", ""), ("due", "?sort=-due", "ascending"), ("-due", "?sort=due", "descending")],
)
def test_sorting_turns_round(present: str, url: str, direction: str) -> None:
    context = Context({"request": RequestFactory().get("/", {"sort": present} if present else {})})

    assert cx.sort_link(context, "due") == {"url": url, "direction": direction}


def test_without_a_request_links_still_work() -> None:
    assert cx.sort_link(Context(), "due")["url"] == "?sort=due"


def test_rows_may_leave_parts_out() -> None:
    class Row:
        def __init__(self) -> None:
            self.label = "b"

    assert cx.filled([{"label": "a"}, Row()], "url label") == [{"url": None, "label": "a"}, {"url": None, "label": "b"}]
    assert cx.filled(None, "url") == []


def test_an_icon_is_silent_unless_named() -> None:
    assert (
        draw('{% icon "check" %}')
        == '<svg class="ic" aria-hidden="true"><use href="/static/vendor/icons.svg#check"/></svg>'
    )
    assert 'role="img" aria-label="&lt;ok&gt;"' in draw("{% icon 'check' 'lg' words %}", words="<ok>")


def test_small_samples_and_missing_values() -> None:
    sizes = [cx.figure_size(92.4, n) for n in (None, 0, 6, 14, 648)]

    assert sizes == ["full", "none", "low", "hint", "full"]
    assert cx.figure_size(None, 648) == "none"


class Answer(forms.Form):
    rating = forms.ChoiceField(choices=[("", "—"), ("1", "很不满意"), ("5", "很满意")], required=True)
    words = forms.CharField(widget=forms.Textarea, help_text="照客户说的写")
    token = forms.CharField(widget=forms.HiddenInput)


def test_a_control_is_tied_to_its_help_and_its_error() -> None:
    drawn = cx.control(Answer({})["words"], rows=3, data_grow="")

    assert 'class="form-control is-invalid"' in drawn
    assert 'aria-describedby="id_words_help id_words_error"' in drawn
    assert 'rows="3"' in drawn
    assert 'data-grow=""' in drawn


def test_kinds_of_controls() -> None:
    form = Answer()

    assert [cx.control_kind(form[name]) for name in ("rating", "words", "token")] == ["select", "area", "hidden"]


def test_a_choice_takes_a_field_or_plain_values() -> None:
    bound = cx.choice_list(Answer({"rating": "5"})["rating"], "", None, None)
    plain = cx.choice_list(None, "methods", [("a", "甲"), ("b", "乙")], ["a", "b"])

    assert (bound["name"], [(o["value"], o["checked"]) for o in bound["options"]]) == (
        "rating",
        [("1", False), ("5", True)],
    )
    assert [o["checked"] for o in plain["options"]] == [True, True]
    assert [o["id"] for o in plain["options"]] == ["id_methods_0", "id_methods_1"]


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '" onmouseover="x'])
def test_what_customers_say_is_never_markup(words: str) -> None:
    source = '<c-sealed-words :words="words" /><c-state-badge kind="run" icon="tag" label="{{ words }}" />'

    drawn = draw_component(source, words=words)

    assert words not in drawn
    assert "<script>" not in drawn


def draw_component(source: str, **values: Any) -> str:
    return Template("{% load cx %}" + CottonCompiler().process(source)).render(Context(values))
