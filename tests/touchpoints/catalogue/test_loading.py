"""Loading the catalogue: complete, repeatable, and companies keep what is theirs."""

from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from cxorders.journal.models import Entry
from cxorders.organisation.models import CalendarDay, WorkRule
from tests.factories.catalogue import a_file, load
from tests.factories.organisation import a_company, a_person
from tests.factories.standards import an_own_value
from touchpoints.catalogue.actions import DEFAULT_FILE, add_question, override_value
from touchpoints.catalogue.models import (
    CatalogueLoad,
    Department,
    FeedbackMethod,
    IssueCategory,
    IssueGroup,
    KeyPoint,
    Override,
    Process,
    Question,
    Section,
    Segment,
    Severity,
    Touchpoint,
)
from touchpoints.catalogue.queries import effective, questions_for
from touchpoints.orders.models import OrderType, StageType
from touchpoints.standards.models import Standard
from touchpoints.standards.queries import own_limits

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def row(sections: dict[str, Any], section: str, code: str) -> dict[str, Any]:
    return next(item for item in sections[section] if item["code"] == code)


def test_every_section_becomes_rows() -> None:
    load()

    assert {
        model.__name__: model.objects.filter(retired=False).count()
        for model in (
            Department, Segment, Touchpoint, Process, KeyPoint, Question, FeedbackMethod, Severity, IssueGroup,
            IssueCategory, Standard, OrderType, StageType,
        )
    } == {
        "Department": 17, "Segment": 8, "Touchpoint": 4, "Process": 20, "KeyPoint": 50, "Question": 160,
        "FeedbackMethod": 19, "Severity": 4, "IssueGroup": 12, "IssueCategory": 62, "Standard": 78, "OrderType": 20,
        "StageType": 113,
    }  # fmt: skip


def test_all_top_level_sections_are_kept_word_for_word() -> None:
    load()

    assert set(Section.objects.values_list("code", flat=True)) >= {"meta", "kpis", "lexicon", "scorecards", "plans"}
    assert Section.objects.count() == 37
    assert Section.objects.get(code="issue_groups").body[0] == {"code": "IC-SAF", "zh": "安全", "en": "safety"}


def test_a_severity_carries_its_limits_and_clocks() -> None:
    load()

    sev2 = Severity.objects.get(code="SEV2")
    assert (sev2.rank, sev2.ack_value, sev2.ack_unit) == (2, Decimal(1), "CH")
    assert (sev2.contact_value, sev2.contact_unit) == (Decimal(4), "CH")
    assert (sev2.resolve_value, sev2.resolve_unit, sev2.pausable) == (Decimal(3), "WD", True)


def test_hazards_are_marked() -> None:
    load()

    hazards = IssueCategory.objects.filter(hazard=True).order_by("code").values_list("code", flat=True)
    assert list(hazards) == ["IC-SAF-CO", "IC-SAF-FIRE", "IC-SAF-HAZ", "IC-SAF-LEAK", "IC-SAF-ODOR"]


def test_a_stage_knows_its_standard_promise_key_points_and_guards() -> None:
    load()

    stage = StageType.objects.get(order_type__code="OT-RETAIL-INSTALL", code="CALLBACK")
    assert (stage.seq, stage.touchpoint.code, stage.process.code) == (11, "CC", "CC-CALLBACK")
    assert (stage.promise_kind, stage.promise_value, stage.promise_unit) == ("window", [7, 15], "WD")
    assert stage.standard is not None
    assert stage.standard.code == "STD-CC-14"
    assert list(stage.key_points.values_list("code", flat=True)) == ["KP-CC-09"]
    assert stage.guards == ["second attempt in another time slot when not reached"]


def test_a_standard_keeps_its_whole_row() -> None:
    load()

    standard = Standard.objects.get(code="STD-BH-01")
    assert (standard.op, standard.value, standard.unit, standard.department_code) == ("<=", 15, "MIN", "D-HALL")
    assert standard.body["source"] == ["P44"]


def test_the_ordinary_week_becomes_the_standard_work_rule() -> None:
    load()

    rule = WorkRule.objects.get(code="standard")
    assert rule.tz == "Asia/Shanghai"
    assert rule.windows == {str(day): [["08:30", "12:00"], ["13:30", "17:30"]] for day in range(5)}


def test_a_second_load_changes_nothing_and_leaves_no_trace() -> None:
    first = load()
    keys = dict(KeyPoint.objects.values_list("code", "pk"))

    second = load()

    assert first.moved != {}
    assert second.moved == {}
    assert CatalogueLoad.objects.count() == 1
    assert Entry.objects.filter(verb="catalogue.loaded").count() == 1
    assert dict(KeyPoint.objects.values_list("code", "pk")) == keys


def test_changed_words_reach_the_row_that_exists(tmp_path: Path) -> None:
    load()
    before = KeyPoint.objects.get(code="KP-BH-01")

    def change(sections: dict[str, Any]) -> None:
        row(sections, "key_points", "KP-BH-01")["zh"] = "等候与接待"
        row(sections, "standards", "STD-BH-01")["value"] = 12
        sections["order_types"][0]["stages"][0]["key_points"] = ["KP-BH-01"]

    second = load(a_file(tmp_path, change))

    assert KeyPoint.objects.get(pk=before.pk).zh == "等候与接待"
    assert Standard.objects.get(code="STD-BH-01").value == 12
    stage = StageType.objects.get(order_type__code="OT-RETAIL-INSTALL", code="APPLY")
    assert list(stage.key_points.values_list("code", flat=True)) == ["KP-BH-01"]
    assert {name: n["changed"] for name, n in second.moved.items()} == {
        "key_points": 1,
        "standards": 1,
        "stages": 1,
        "sections": 3,
    }


def test_what_left_the_file_is_retired_and_may_come_back(tmp_path: Path) -> None:
    load()

    def change(sections: dict[str, Any]) -> None:
        sections["key_points"] = [item for item in sections["key_points"] if item["code"] != "KP-BH-10"]
        for order_type in sections["order_types"]:
            for stage in order_type["stages"]:
                stage["key_points"] = [code for code in stage["key_points"] if code != "KP-BH-10"]
        sections["order_types"] = sections["order_types"][:-1]
        del sections["plans"]

    without = load(a_file(tmp_path, change))

    assert KeyPoint.objects.get(code="KP-BH-10").retired is True
    assert set(Question.objects.filter(key_point__code="KP-BH-10").values_list("retired", flat=True)) == {True}
    assert OrderType.objects.get(code="OT-KA-OPEN").retired is True
    assert set(StageType.objects.filter(order_type__code="OT-KA-OPEN").values_list("retired", flat=True)) == {True}
    assert not Section.objects.filter(code="plans").exists()
    assert without.moved["key_points"]["retired"] == 1

    load()

    assert KeyPoint.objects.get(code="KP-BH-10").retired is False
    assert OrderType.objects.filter(retired=True).count() == 0
    assert StageType.objects.filter(retired=True).count() == 0


def test_what_a_company_set_survives_an_upgrade(tmp_path: Path) -> None:
    load()
    company = a_company("A")
    leader = a_person("branch_leader", at=company)
    key_point = KeyPoint.objects.get(code="KP-BH-01")
    an_own_value(company, "STD-BH-01", 10, by=leader)
    override_value(company, "issue_categories", "IC-HALL-QUEUE", "department_code", "D-CS", by=leader, at=NOON)
    own = add_question(key_point, company=company, zh="停车方便吗", type="yn", by=leader, at=NOON)

    def upgrade(sections: dict[str, Any]) -> None:
        sections["meta"]["version"] = "1.1"
        row(sections, "standards", "STD-BH-01")["value"] = 14
        row(sections, "key_points", "KP-BH-01")["questions"].pop()

    upgraded = load(a_file(tmp_path, upgrade))

    assert upgraded.version == "1.1"
    assert own_limits(company, NOON.date()) == {"STD-BH-01": 10}
    assert effective("issue_categories", "IC-HALL-QUEUE", "department_code", "D-HALL", company) == "D-CS"
    assert [q.code for q in questions_for(key_point, company)] == ["KP-BH-01-Q1", "KP-BH-01-Q2", own.code]
    assert Override.objects.count() == 1


def test_the_command_loads_catalogue_and_holidays_and_says_what_it_did() -> None:
    said, again = StringIO(), StringIO()

    call_command("load_catalogue", stdout=said)
    call_command("load_catalogue", stdout=again)

    assert "key_points: 50 new, 0 changed, 0 retired, 0 unchanged" in said.getvalue()
    assert "catalogue 1.0: loaded" in said.getvalue()
    assert "catalogue 1.0: nothing changed" in again.getvalue()
    assert CalendarDay.objects.filter(name="春节", date__year=2026).exists()


def test_the_command_tells_a_bad_file_without_a_traceback(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        DEFAULT_FILE.read_text("utf-8").replace("op: <=, value: 15, unit: MIN", "op: <=, value: 15, unit: ELL", 1)
    )

    with pytest.raises(CommandError, match="STD-BH-01：未知的单位 ELL"):
        call_command("load_catalogue", str(bad))

    assert Section.objects.count() == 0
