"""M44 against its oracle: metrics.md Appendix B, with the mini lexicon of Appendix A and with the full catalogue."""

from pathlib import Path

import pytest
import yaml

from feedback.text.warning import Rules, Term, lexicon_from, rules_from, score_text
from tests.factories.catalogue import DEFAULT_FILE

MINI = lexicon_from(
    {"pattern": pattern, "weight": weight, "category": category, "force": force}
    for pattern, weight, category, force in [
        ("漏气|泄漏|泄露", 10, "safety", "red"),
        ("臭味|煤气味|燃气味|天然气味", 8, "safety", "red"),
        ("没人来|没有人来|无人上门", 5, "delay", None),
        ("态度.{0,3}(差|恶劣|不好)", 5, "attitude", None),
        ("12345", 8, "regulator", None),
        ("投诉", 3, "complaint", None),
        ("服务[^不没差]{0,2}(好|周到)", -3, "positive", None),
        ("谢谢|感谢", -1, "positive", None),
        ("乱扣费|乱收费", 6, "fee", None),
        ("推诿|踢皮球|扯皮", 5, "shirk", None),
        ("携号转网|转网", 7, "churn", None),
        ("工信部|12300", 8, "regulator", None),
    ]
)

T1 = "家里好像漏气,闻到臭味,打了两次电话都没人来"
T2 = "师傅态度非常差,再不处理我就打12345投诉"
T3 = "检查过了没有漏气,师傅服务很好,谢谢"
T4 = "莫名其妙乱扣费,客服一直推诿,我要携号转网,还要去工信部投诉"
T5 = "请问怎么缴费"

ORACLE = {
    T1: (23.0, "red", False, [("漏气", 10.0), ("臭味", 8.0), ("没人来", 5.0)]),
    T2: (18.5, "red", False, [("态度非常差", 7.5), ("12345", 8.0), ("投诉", 3.0)]),
    T3: (1.0, "yellow", True, [("漏气", 5.0), ("服务很好", -3.0), ("谢谢", -1.0)]),
    T4: (
        30.0,
        "red",
        False,
        [("投诉", 3.0), ("乱扣费", 6.0), ("推诿", 7.5), ("携号转网", 7.0), ("工信部", 8.0)],
    ),
    T5: (0.0, "none", False, []),
}


@pytest.fixture(scope="module")
def catalogue() -> tuple[tuple[Term, ...], Rules]:
    body = yaml.load(Path(DEFAULT_FILE).read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return lexicon_from(body["lexicon"]), rules_from(body["warning_rules"])


@pytest.mark.parametrize("text", ORACLE)
def test_m44_text_oracle(text: str) -> None:
    outcome = score_text(text, MINI, Rules())

    hits = [(hit.words, hit.weight) for hit in outcome.hits]
    assert (outcome.score, outcome.level, outcome.confirm, hits) == ORACLE[text]


def test_m44_text_with_the_full_lexicon(catalogue: tuple[tuple[Term, ...], Rules]) -> None:
    outcomes = {text: score_text(text, *catalogue) for text in ORACLE}

    assert {text: (o.score, o.level, o.confirm) for text, o in outcomes.items()} == {
        T1: (27.0, "red", False),  # "打了两次电话" adds 4
        T2: (18.5, "red", False),
        T3: (1.0, "yellow", True),
        T4: (30.0, "red", False),
        T5: (0.0, "none", False),
    }


def test_the_catalogue_s_rules_are_the_defaults(catalogue: tuple[tuple[Term, ...], Rules]) -> None:
    _, rules = catalogue

    assert rules == Rules(bonus=rules.bonus)
    assert rules.bonus == {
        "third_contact": 3.0,
        "vulnerable_segment": 2.0,
        "open_overdue_issue": 3.0,
        "previous_dissatisfied_90d": 2.0,
    }


def test_safety_means_an_unnegated_safety_term() -> None:
    assert [score_text(text, MINI, Rules()).safety for text in (T1, T2, T3)] == [True, False, False]


def test_a_negator_counts_in_its_own_clause_only() -> None:
    same, other = score_text("没有漏气", MINI, Rules()), score_text("没有,漏气", MINI, Rules())

    assert (same.level, same.score) == ("yellow", 5.0)
    assert (other.level, other.score) == ("red", 10.0)


def test_full_width_and_half_width_marks_end_a_clause_alike() -> None:
    levels = {mark: score_text(f"没{mark}漏气", MINI, Rules()).level for mark in "，。！？；、,.!?;"}

    assert set(levels.values()) == {"red"}


def test_praise_is_not_intensified() -> None:
    assert score_text("非常感谢", MINI, Rules(), bonus=10).score == 9.0


def test_bonus_raises_the_level_and_the_cap_holds() -> None:
    assert score_text("我要投诉", MINI, Rules()).level == "none"
    assert score_text("我要投诉", MINI, Rules(), bonus=5).level == "orange"
    assert score_text(T1, MINI, Rules(), bonus=20).score == 30.0


def test_a_score_never_falls_below_nothing() -> None:
    assert score_text("谢谢师傅", MINI, Rules()).score == 0.0
