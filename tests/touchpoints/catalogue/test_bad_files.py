"""A bad catalogue file gives the line, the code and what is wrong, all of it at once, and changes nothing."""

from pathlib import Path

import pytest

from tests.factories.catalogue import load
from touchpoints.catalogue.actions import DEFAULT_FILE, CatalogueError, CatalogueFileMissing
from touchpoints.catalogue.models import CatalogueLoad, Section, Touchpoint
from touchpoints.catalogue.reading import Problem

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]  # judging a file asks no database

TEXT = DEFAULT_FILE.read_text("utf-8")


def problems(folder: Path, *changes: tuple[str, str]) -> list[Problem]:
    """What loading says about the default file after the first occurrence of each text was replaced."""
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return problems_of(folder, text.encode("utf-8"))


def problems_of(folder: Path, data: bytes) -> list[Problem]:
    path = folder / "bad.yaml"
    path.write_bytes(data)
    with pytest.raises(CatalogueError) as caught:
        load(path)
    assert (Section.objects.count(), Touchpoint.objects.count(), CatalogueLoad.objects.count()) == (0, 0, 0)
    return caught.value.problems


def line_of(text: str, *, after: str = "") -> int:
    """The line of the default file on which `text` first stands, at or below the first line with `after`."""
    start = TEXT.index(after)
    return TEXT.count("\n", 0, TEXT.index(text, start)) + 1


STD = "code: STD-BH-02, touchpoint: BH"
STD_LINE = line_of(STD)
KP_LINE = line_of("- code: KP-BH-01")


@pytest.mark.parametrize(
    ("old", "new", "line", "code", "zh"),
    [
        pytest.param("code: D-LEG,", "code: D-HR,", line_of("code: D-LEG,"), "D-HR",
                     f"编码重复，第 {line_of('code: D-HR,')} 行已经用过", id="duplicate code"),
        pytest.param("KP-BH-01-Q2,", "KP-BH-01-Q1,", line_of("KP-BH-01-Q2,"), "KP-BH-01-Q1",
                     f"编码重复，第 {line_of('KP-BH-01-Q1,')} 行已经用过", id="duplicate question"),
        pytest.param("    process: BH-CONSULT\n", "    process: BH-NOWHERE\n", KP_LINE + 1, "KP-BH-01",
                     "process 指向不存在的 BH-NOWHERE（processes）", id="unknown reference"),
        pytest.param("standards: [STD-BH-01, STD-BH-03]", "standards: [STD-BH-01, STD-XX-99]",
                     line_of("standards: [STD-BH-01, STD-BH-03]"), "KP-BH-01",
                     "standards 指向不存在的 STD-XX-99（standards）", id="unknown reference in a list"),
        pytest.param("named_in_seed: false", "named_in_seed: perhaps", line_of("named_in_seed: false"), "KP-BH-01",
                     "named_in_seed 应当是 true 或 false", id="wrong type"),
        pytest.param("    sensitivity: 4\n", "    sensitivity: high\n", line_of("    sensitivity: 4\n"), "KP-BH-01",
                     "sensitivity 应当是整数", id="wrong number"),
        pytest.param("    sensitivity: 4\n", "    sensitivity: 6\n", line_of("    sensitivity: 4\n"), "KP-BH-01",
                     "sensitivity 不能大于 5", id="number out of range"),
        pytest.param("    why_it_hurts: Waiting", "    why: Waiting", KP_LINE, "KP-BH-01",
                     "缺少字段 why_it_hurts", id="missing field"),
        pytest.param("value: 100, unit: '%'", "value: 100, unit: PERCENT", STD_LINE, "STD-BH-02",
                     "未知的单位 PERCENT，可以是：% CD CH MIN MONTH PER_30D RINGS SEC TIME TIMES WD WH",
                     id="unknown unit"),
        pytest.param("value: 100, unit: '%'", "value: lots, unit: '%'", STD_LINE, "STD-BH-02",
                     "value 应当是不小于 0 的数字", id="standard without a number"),
        pytest.param("value: [7, 15], unit: WD, evidence", "value: [15, 7], unit: WD, evidence",
                     line_of("code: STD-CC-14,"), "STD-CC-14", "value 应当是 [从, 到] 两个数字", id="reversed window"),
        pytest.param("value: ['22:00', '06:00']", "value: [22, 6]", line_of("code: STD-EC-17,"), "STD-EC-17",
                     "value 应当是 ['22:00', '06:00'] 这样的两个时刻", id="not a time of day"),
        pytest.param("op: '>=', value: 100, unit: '%', evidence: public, source: [P45]",
                     "op: '=>', value: 100, unit: '%', evidence: public, source: [P45]", STD_LINE, "STD-BH-02",
                     "未知的 op =>，可以是：<= >= between not_in", id="unknown operator"),
        pytest.param("ack: {kind: within, value: 10, unit: MIN}", "ack: {kind: within, value: 10, unit: MINUTE}",
                     line_of("ack: {kind: within, value: 10, unit: MIN}"), "SEV1",
                     "未知的单位 MINUTE，可以是：CD CH MIN MONTH WD WH", id="unknown clock of a severity"),
    ],
)  # fmt: skip
def test_one_mistake(tmp_path: Path, old: str, new: str, line: int, code: str, zh: str) -> None:
    assert [(p.line, p.code, p.zh) for p in problems(tmp_path, (old, new))] == [(line, code, zh)]


def test_mistakes_in_order_types(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("      - seq: 2\n        code: SURVEY", "      - seq: 1\n        code: APPLY"),
        ("promise: {kind: within, value: 10, unit: CD}", "promise: {kind: soon, value: 10, unit: CD}"),
        ("promise: {kind: within, value: 12, unit: WD}", "promise: {kind: within, value: 12, unit: DAYS}"),
        ("promise: {kind: window, value: [7, 15], unit: WD}", "promise: {kind: window, value: 7, unit: WD}"),
        ("        optional: true", "        optional: maybe"),
    )

    def at(text: str) -> int:
        return line_of(text, after="- code: OT-RETAIL-INSTALL")

    assert [(p.line, p.code, p.zh) for p in found] == [
        (at("- seq: 2"), "APPLY", f"seq 1 重复，第 {at('- seq: 1')} 行已经用过"),
        (at("code: SURVEY"), "APPLY", f"编码重复，第 {at('code: APPLY')} 行已经用过"),
        (at("value: 10, unit: CD}"), "DESIGN", "未知的 kind soon，可以是：ahead cycle manual tolerance window within"),
        (at("value: 12, unit: WD}"), "YARD", "未知的单位 DAYS，可以是：CD CH MIN MONTH WD WH"),
        (at("optional: true"), "YARD", "optional 应当是 true 或 false"),
        (at("value: [7, 15]"), "CALLBACK", "value 应当是 [从, 到] 两个数字"),
    ]


def test_all_mistakes_are_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("value: 100, unit: '%'", "value: 100, unit: PERCENT"),
        ("    process: BH-CONSULT\n", "    process: BH-NOWHERE\n"),
        ("code: BH, zh: 营业厅, en", "code: BH, zh: '', en"),
    )

    assert [p.line for p in found] == sorted(p.line for p in found)
    assert [p.code for p in found] == ["BH", "KP-BH-01", "STD-BH-02"]


def test_a_key_point_stands_at_the_touchpoint_of_its_process(tmp_path: Path) -> None:
    found = problems(
        tmp_path, ("    process: BH-CONSULT\n    touchpoint: BH", "    process: BH-CONSULT\n    touchpoint: CC")
    )

    assert [(p.code, p.zh) for p in found] == [("KP-BH-01", "触点 CC 与流程 BH-CONSULT 的触点 BH 不同")]


def test_codes_of_company_questions_are_kept_free(tmp_path: Path) -> None:
    found = problems(tmp_path, ("KP-BH-01-Q2,", "KP-BH-01-U7-1,"))

    assert [(p.line, p.code) for p in found] == [(line_of("KP-BH-01-Q2,"), "KP-BH-01-U7-1")]


def test_a_section_is_missing_or_of_another_shape(tmp_path: Path) -> None:
    found = problems_of(tmp_path, b"meta: {version: '1'}\ntouchpoints: 4\nprocesses: [one, two]\n")

    told = {(p.line, p.code, p.zh) for p in found}
    assert (2, "touchpoints", "这一节应当是列表") in told
    assert (3, "processes.1", "这一行应当是一组字段") in told
    assert (1, "key_points", "缺少这一节") in told
    assert (1, "calendar", "缺少这一节") in told
    assert (1, "order_types", "缺少这一节") in told


def test_windows_of_the_calendar(tmp_path: Path) -> None:
    found = problems(
        tmp_path,
        ("windows: [['08:30', '12:00'], ['13:30', '17:30']]", "windows: [['08:30', '12:00'], ['11:30', '17:30']]"),
        ("timezone: Asia/Shanghai", "timezone: Asia/Nowhere"),
    )

    line = line_of("timezone: Asia/Shanghai")
    assert [(p.line, p.en) for p in found] == [
        (line, "timezone is not a known time zone"),
        (line + 1, "windows must be periods in order, e.g. [['08:30', '12:00'], ['13:30', '17:30']]"),
    ]


@pytest.mark.parametrize(
    ("data", "line", "code"),
    [
        pytest.param(b"meta: {version: '1'}\ntouchpoints:\n  - {code: BH\n  - x: ]\n", 4, "YAML", id="syntax"),
        pytest.param(b"meta: 1\nmeta: 2\n", 2, "YAML", id="section twice"),
        pytest.param(b"meta:\n  a: 1\n  a: 2\n", 3, "meta", id="field twice"),
        pytest.param(b"meta: &here {a: 1}\norg: *here\n", 1, "org", id="alias"),
        pytest.param(b"meta: 1\n<<: {a: 1}\n", 2, "YAML", id="merge key"),
        pytest.param(b"meta: .nan\n", 1, "meta", id="not a number"),
        pytest.param(b"meta: !!python/object:os.system {}\n", 1, "meta", id="foreign tag"),
        pytest.param(b"meta: 1\norg: \xff\n", 2, "UTF-8", id="encoding"),
        pytest.param(b"meta: 1\norg: \x07\n", 2, "YAML", id="control character"),
        pytest.param(b"- one\n- two\n", 1, "YAML", id="a list"),
        pytest.param(b"", 1, "YAML", id="empty"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, data: bytes, line: int, code: str) -> None:
    assert [(p.line, p.code) for p in problems_of(tmp_path, data)] == [(line, code)]


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogueFileMissing, match="none.yaml"):
        load(tmp_path / "none.yaml")


def test_the_error_speaks_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(TEXT.replace("value: 100, unit: '%'", "value: 100, unit: PERCENT", 1), "utf-8")

    with pytest.raises(CatalogueError) as caught:
        load(path)

    zh, en = caught.value.in_language("zh-hans").splitlines(), caught.value.in_language("en").splitlines()
    assert zh[0] == "目录文件有 1 处错误，什么都没有改动："
    assert zh[1].startswith(f"第 {STD_LINE} 行 STD-BH-02：未知的单位 PERCENT")
    assert en[0] == "The catalogue file has 1 errors; nothing was changed:"
    assert en[1].startswith(f"line {STD_LINE} STD-BH-02: unknown unit PERCENT")


def test_a_bad_file_leaves_what_was_loaded_before(tmp_path: Path) -> None:
    load()
    path = tmp_path / "bad.yaml"
    path.write_text(TEXT.replace("zh: 营业厅", "zh: 大厅", 1).replace("unit: '%'", "unit: PERCENT", 1), "utf-8")

    with pytest.raises(CatalogueError):
        load(path)

    assert Touchpoint.objects.get(code="BH").zh == "营业厅"
    assert CatalogueLoad.objects.count() == 1
