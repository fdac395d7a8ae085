"""M44, the text warning score: pure, no Django, no clock. The oracle is metrics.md Appendix B, `M44_text`.

Terms and rules are the catalogue's sections `lexicon` and `warning_rules`; `lexicon_from` and `rules_from` read them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

_CLAUSE_END = re.compile("[，。！？；、,.!?;]")
_FIRST_NUMBER = re.compile(r"\d+(?:\.\d+)?")
SAFETY = "safety"


@dataclass(frozen=True)
class Term:
    """One entry of the lexicon. A negative weight is praise; `force` "red" makes the level red when not negated."""

    pattern: re.Pattern[str]
    weight: float
    category: str
    force: str | None = None


@dataclass(frozen=True)
class Rules:
    """How terms are weighed (catalogue section `warning_rules`); the defaults are the catalogue's own values."""

    negators: tuple[str, ...] = ("没有", "不", "没", "未", "无", "别")
    negation_window: int = 3
    negated_safety: float = 0.5
    negated_other: float = 0.0
    intensifiers: tuple[str, ...] = (
        "非常", "太", "极其", "特别", "严重", "一直", "多次", "反复", "强烈", "根本",
    )  # fmt: skip
    intensifier_window: int = 4
    intensifier_factor: float = 1.5
    cap: float = 30.0
    red: float = 12.0
    orange: float = 7.0
    yellow: float = 4.0
    bonus: Mapping[str, float] = field(default_factory=dict)
    """context bonus: third_contact, vulnerable_segment, open_overdue_issue, previous_dissatisfied_90d"""


@dataclass(frozen=True)
class Hit:
    """The strongest match of one term: the words, the weight they got, whether a negator stood before them."""

    words: str
    weight: float
    category: str
    negated: bool
    forces_red: bool


@dataclass(frozen=True)
class TextWarning:
    """Outcome of M44. `level` is none, yellow, orange or red; `confirm` asks a person to look (negated safety term)."""

    score: float
    level: str
    confirm: bool
    hits: tuple[Hit, ...]

    @property
    def safety(self) -> bool:
        """Whether a safety term stands un-negated in the text (X5: such a record is due within one hour)."""
        return any(hit.category == SAFETY and not hit.negated for hit in self.hits)


def lexicon_from(body: Iterable[Mapping[str, Any]]) -> tuple[Term, ...]:
    """The terms of a catalogue section `lexicon`. Raises re.error for a pattern that is no regular expression."""
    return tuple(
        Term(re.compile(str(row["pattern"])), float(row["weight"]), str(row["category"]), row.get("force") or None)
        for row in body
    )


def rules_from(body: Mapping[str, Any]) -> Rules:
    """The rules of a catalogue section `warning_rules`; a value the section lacks keeps its default.

    A level is written as a sentence (">=12 or a force=red term …"): its first number is the limit.
    """
    usual = Rules()
    factors = body.get("negated_factor", {})
    levels = body.get("levels", {})

    def limit(name: str, default: float) -> float:
        found = _FIRST_NUMBER.search(str(levels.get(name, "")))
        return float(found.group()) if found else default

    return Rules(
        negators=tuple(body.get("negators", usual.negators)),
        negation_window=int(body.get("negation_window", usual.negation_window)),
        negated_safety=float(factors.get("safety", usual.negated_safety)),
        negated_other=float(factors.get("other", usual.negated_other)),
        intensifiers=tuple(body.get("intensifiers", usual.intensifiers)),
        intensifier_window=int(body.get("intensifier_window", usual.intensifier_window)),
        intensifier_factor=float(body.get("intensifier_factor", usual.intensifier_factor)),
        cap=float(body.get("cap", usual.cap)),
        red=limit("red", usual.red),
        orange=limit("orange", usual.orange),
        yellow=limit("yellow", usual.yellow),
        bonus={str(name): float(value) for name, value in body.get("bonus", {}).items()},
    )


def score_text(text: str, lexicon: Iterable[Term], rules: Rules, bonus: float = 0) -> TextWarning:
    """M44 of `text`: the sum over terms of their strongest match, plus `bonus`, kept inside 0 … `rules.cap`."""
    hits = tuple(hit for term in lexicon if (hit := _strongest(text, term, rules)) is not None)
    score = min(rules.cap, max(0.0, sum(hit.weight for hit in hits) + bonus))
    confirm = any(hit.negated and hit.category == SAFETY for hit in hits)
    if score >= rules.red or any(hit.forces_red for hit in hits):
        level = "red"
    elif score >= rules.orange:
        level = "orange"
    elif score >= rules.yellow or confirm:
        level = "yellow"
    else:
        level = "none"
    return TextWarning(score, level, confirm, hits)


def _strongest(text: str, term: Term, rules: Rules) -> Hit | None:
    best: Hit | None = None
    for match in term.pattern.finditer(text):
        before = _same_clause(text, match.start(), rules.negation_window)
        negated = any(word in before for word in rules.negators)
        if negated:
            weight = term.weight * (rules.negated_safety if term.category == SAFETY else rules.negated_other)
        else:
            near = _same_clause(text, match.start(), rules.intensifier_window) + match.group()
            strong = term.weight > 0 and any(word in near for word in rules.intensifiers)
            weight = term.weight * (rules.intensifier_factor if strong else 1.0)
        if best is None or abs(weight) > abs(best.weight):
            best = Hit(match.group(), weight, term.category, negated, term.force == "red" and not negated)
    return best


def _same_clause(text: str, start: int, window: int) -> str:
    """The `window` characters before `start` that belong to the same clause."""
    return _CLAUSE_END.split(text[max(0, start - window) : start])[-1]
