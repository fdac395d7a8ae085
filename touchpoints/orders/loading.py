"""The section `order_types` of the catalogue file: what a row must look like, and how it becomes types and stages."""

from collections.abc import Iterator
from typing import Any

from touchpoints.catalogue.checking import (
    CLOCKS,
    NAMED,
    Field,
    Known,
    check_row,
    check_section,
    check_twice,
    is_number,
)
from touchpoints.catalogue.loading import INDUSTRIES, Count, Part, apply_rows, ids, known_codes
from touchpoints.catalogue.models import KeyPoint, Process, Touchpoint
from touchpoints.catalogue.reading import Document, Problem, Row
from touchpoints.orders.models import OrderType, StageType
from touchpoints.standards.models import Standard

PROMISES = ("within", "window", "ahead", "tolerance", "cycle", "manual")
GUARD_LIMIT = 200

TYPE = NAMED | {
    "industry": Field(choices=INDUSTRIES),
    "segments": Field("list", ref="customer_segments"),
    "stages": Field("rows"),
}
STAGE = NAMED | {
    "seq": Field("whole", low=1, high=1000),
    "touchpoint": Field("code", ref="touchpoints"),
    "process": Field("code", ref="processes", required=False, nullable=True),
    "department": Field("code", ref="departments", limit=20),
    "standard": Field("code", ref="standards", required=False, nullable=True),
    "promise": Field("map"),
    "key_points": Field("list", ref="key_points"),
    "probes": Field("list", ref="feedback_methods"),
    "guards": Field("list", required=False),
    "optional": Field("flag", required=False),
    "parallel": Field("flag", required=False),
}


def check(document: Document) -> Iterator[Problem]:
    """Every problem of the section."""
    known = known_codes(document)
    yield from check_section(document, ("order_types",), TYPE, known)
    for row in document.rows("order_types"):
        stages = row.rows("stages")
        if isinstance(row.values.get("stages"), list) and not stages:
            yield row.problem("没有环节", "it has no stages", "stages")
        yield from check_twice(stages)
        yield from _check_order(stages)
        for stage in stages:
            yield from _check_stage(stage, known)


def _check_order(stages: list[Row]) -> Iterator[Problem]:
    first: dict[int, int] = {}
    for stage in stages:
        seq = stage.values.get("seq")
        if not isinstance(seq, int):
            continue
        if seq in first:
            zh = f"seq {seq} 重复，第 {first[seq]} 行已经用过"
            yield stage.problem(zh, f"seq {seq} was already used in line {first[seq]}", "seq")
        first.setdefault(seq, stage.line("seq"))


def _check_stage(stage: Row, known: Known) -> Iterator[Problem]:
    yield from check_row(stage, STAGE, known)
    for n, guard in enumerate(stage.values.get("guards") or []):
        if isinstance(guard, str) and len(guard) > GUARD_LIMIT:
            zh = f"完成条件超过 {GUARD_LIMIT} 个字符"
            yield stage.problem(zh, f"a guard is longer than {GUARD_LIMIT}", "guards", n)
    promise = stage.values.get("promise")
    if isinstance(promise, dict):
        inner = Row(stage.document, (*stage.path, "promise"), {"code": stage.code, **promise})
        yield from check_row(inner, {"kind": Field(choices=PROMISES)}, {})
        if promise.get("kind") in PROMISES and promise["kind"] != "manual":
            yield from check_row(inner, {"value": Field("any"), "unit": Field(choices=CLOCKS)}, {})
            yield from _check_value(inner)


def _check_value(promise: Row) -> Iterator[Problem]:
    value = promise.values.get("value")
    if value is None:
        return  # told by check_row
    if promise.values["kind"] == "window":
        pair = isinstance(value, list) and len(value) == 2 and all(map(is_number, value))
        if not pair or not 0 <= value[0] <= value[1]:
            yield promise.problem("value 应当是 [从, 到] 两个数字", "value must be two numbers [from, to]", "value")
    elif not (is_number(value) and value >= 0):
        yield promise.problem("value 应当是不小于 0 的数字", "value must be a number, 0 or more", "value")


def apply(document: Document) -> dict[str, Count]:
    """Write order types, their stages and the key points of each stage. Orders on their way keep what was frozen."""
    rows = document.rows("order_types")
    types = {
        row.code: {
            "zh": row.values["zh"],
            "en": row.values["en"],
            "position": n,
            "industry": row.values["industry"],
            "segments": row.values["segments"],
            "body": {name: value for name, value in row.values.items() if name != "stages"},
        }
        for n, row in enumerate(rows, start=1)
    }
    counts = {"order_types": apply_rows(OrderType, types)}
    counts["stages"] = _apply_stages(rows)
    return counts


def _apply_stages(rows: list[Row]) -> Count:
    owners, places, processes, standards = ids(OrderType), ids(Touchpoint), ids(Process), ids(Standard)
    total = Count()
    for owner_code, owner_id in owners.items():
        stages = [stage for row in rows if row.code == owner_code for stage in row.rows("stages")]
        wanted = {stage.code: _columns(stage, places, processes, standards) for stage in stages}
        total += apply_rows(StageType, wanted, order_type_id=owner_id)
    return total + _apply_key_points(rows)


def _columns(
    stage: Row, places: dict[str, int], processes: dict[str, int], standards: dict[str, int]
) -> dict[str, Any]:
    values, promise = stage.values, stage.values["promise"]
    return {
        "zh": values["zh"],
        "en": values["en"],
        "seq": values["seq"],
        "touchpoint_id": places[values["touchpoint"]],
        "process_id": processes.get(values.get("process") or ""),
        "department_code": values["department"],
        "standard_id": standards.get(values.get("standard") or ""),
        "promise_kind": promise["kind"],
        "promise_value": promise.get("value"),
        "promise_unit": promise.get("unit") or "",
        "probes": values["probes"],
        "guards": values.get("guards", []),
        "optional": values.get("optional", False),
        "parallel": values.get("parallel", False),
    }


def _apply_key_points(rows: list[Row]) -> Count:
    """Make the key points of every stage equal to the file; counts older stages that changed theirs."""
    link = StageType.key_points.through
    stages = {(s.order_type.code, s.code): s.pk for s in StageType.objects.select_related("order_type")}
    points = ids(KeyPoint)
    wanted = {
        (stages[row.code, stage.code], points[code])
        for row in rows
        for stage in row.rows("stages")
        for code in stage.values["key_points"]
    }
    present = set(link.objects.values_list("stagetype_id", "keypoint_id"))
    had = {stage_id for stage_id, _ in present}
    for stage_id, point_id in sorted(present - wanted):
        link.objects.filter(stagetype_id=stage_id, keypoint_id=point_id).delete()
    link.objects.bulk_create(
        link(stagetype_id=stage_id, keypoint_id=point_id) for stage_id, point_id in sorted(wanted - present)
    )
    return Count(changed=len({stage_id for stage_id, _ in present ^ wanted} & had))


PART = Part(check, apply)
