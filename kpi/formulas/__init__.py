"""One pure, documented function for each metric code of domain/metrics.md, and `FORMULAS`, which finds it by code.

Numbers in, a frozen dataclass out: no database, no clock, no settings. Appendix B of metrics.md is the oracle.
M14 is the clock (`cxorders.kit.worktime`), M44 the text warning (`feedback.text.warning`).
"""

from collections.abc import Callable
from typing import Any

from kpi.formulas.callbacks import m19_callback_window, m20_callback_reach
from kpi.formulas.closure import (
    m15_closure,
    m16_reopen,
    m17_dispatch,
    m18_rectification,
    m55_negative_read,
    m60_supervision,
)
from kpi.formulas.contacts import m08_answer_rate, m09_fcr, m10_first_asked, m48_warning_quality, m51_channel
from kpi.formulas.frontline import (
    m35_frontline,
    m36_walk_ranking,
    m37_gate,
    m54_probe_coverage,
    m58_publication,
    m59_bulletin,
    m63_supervisor_trial,
)
from kpi.formulas.home_visits import m46_safety_coverage, m52_first_fix
from kpi.formulas.incidence import (
    m38_complaint_rate,
    m39_loss,
    m42_p_chart,
    m43_keypoint_priority,
    m47_gaps,
    m61_churn,
)
from kpi.formulas.perception import m01_csat, m02_composite, m03_nps, m04_ces, m06_three_questions, m07_response
from kpi.formulas.promises import m21_promise, m62_compensation
from kpi.formulas.ratings import m49_sms_rating, m50_recovery, m56_change
from kpi.formulas.scoring import m40_score, m41_shrink, m45_cx_weight
from kpi.formulas.timeliness import (
    m11_on_time,
    m12_appointment,
    m13_emergency_arrival,
    m34_reporting,
    m53_order_on_time,
)

FORMULAS: dict[str, Callable[..., Any]] = {
    "M01": m01_csat,
    "M02": m02_composite,
    "M03": m03_nps,
    "M04": m04_ces,
    "M06": m06_three_questions,
    "M07": m07_response,
    "M08": m08_answer_rate,
    "M09": m09_fcr,
    "M10": m10_first_asked,
    "M11": m11_on_time,
    "M12": m12_appointment,
    "M13": m13_emergency_arrival,
    "M15": m15_closure,
    "M16": m16_reopen,
    "M17": m17_dispatch,
    "M18": m18_rectification,
    "M19": m19_callback_window,
    "M20": m20_callback_reach,
    "M21": m21_promise,
    "M34": m34_reporting,
    "M35": m35_frontline,
    "M36": m36_walk_ranking,
    "M37": m37_gate,
    "M38": m38_complaint_rate,
    "M39": m39_loss,
    "M40": m40_score,
    "M41": m41_shrink,
    "M42": m42_p_chart,
    "M43": m43_keypoint_priority,
    "M45": m45_cx_weight,
    "M46": m46_safety_coverage,
    "M47": m47_gaps,
    "M48": m48_warning_quality,
    "M49": m49_sms_rating,
    "M50": m50_recovery,
    "M51": m51_channel,
    "M52": m52_first_fix,
    "M53": m53_order_on_time,
    "M54": m54_probe_coverage,
    "M55": m55_negative_read,
    "M56": m56_change,
    "M58": m58_publication,
    "M59": m59_bulletin,
    "M60": m60_supervision,
    "M61": m61_churn,
    "M62": m62_compensation,
    "M63": m63_supervisor_trial,
}

__all__ = ["FORMULAS", *sorted(function.__name__ for function in FORMULAS.values())]
