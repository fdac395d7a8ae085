"""Scores, ranks, control charts and key points against their worked examples (M40 to M45)."""

from kpi.formulas.incidence import KeyPoint, m42_c_chart, m42_p_chart, m43_keypoint_priority
from kpi.formulas.scoring import Indicator, m40_score, m41_ranking, m41_shrink, m45_cx_weight
from tests.kpi.formulas.oracle import ORACLE, agrees, close

INDICATORS = [
    Indicator("csat", 25, 88.2, 70, 90, 96),
    Indicator("ontime", 25, 96.4, 80, 95, 99),
    Indicator("closure", 20, 82.35, 60, 90, 98),
    Indicator("honesty", 15, 1.0, 5, 2, 0, up=False),
    Indicator("complaint", 15, None, 6, 1.5, 0.5, up=False),
]


def test_m40() -> None:
    score = m40_score(INDICATORS, [-5, +2])
    agrees(score, "M40_score", without={"parts"})
    assert score.parts == {code: close(points) for code, points in ORACLE["M40_score"]["parts"].items()}
    assert m40_score(INDICATORS, [-5, +2], veto=True).final == 60.0


def test_m41() -> None:
    expected = ORACLE["M41_shrink"]
    for size, (x, n) in {"small": (5, 5), "big": (168, 200)}.items():
        unit = m41_shrink(x, n, 0.82)
        assert [unit.raw, unit.shrunk, unit.bound] == [
            close(expected[f"{name}_{size}"]) for name in ("raw", "shrunk", "wilson")
        ]
    assert [(unit.code, unit.rank) for unit in m41_ranking({"small": (5, 5), "big": (168, 200)})] == [
        ("big", 1),
        ("small", None),
    ]


def test_m42() -> None:
    agrees(m42_p_chart(0.06, 27, 240), "M42_pchart", without={"c_centre", "c_ucl"})
    assert m42_c_chart(9.0, 12).ucl == close(ORACLE["M42_pchart"]["c_ucl"])


def test_m43() -> None:
    points = [KeyPoint("KP-HS-05", 5, 0.18, 4), KeyPoint("KP-BH-08", 3, 0.22, 3), KeyPoint("KP-EC-06", 4, 0.09, 2)]
    prio = m43_keypoint_priority(points).prio

    assert {code: round(value, 4) for code, value in prio.items()} == ORACLE["M43_keypoint"]["prio"]


def test_m45() -> None:
    expected = ORACLE["M45_cxweight"]

    agrees(m45_cx_weight(25 + 20), "M45_cxweight", without={"dept_fin", "dept_fin_ok"})
    assert m45_cx_weight(expected["dept_fin"]).ok is expected["dept_fin_ok"]
