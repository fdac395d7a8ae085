"""One day, one version: a new one ends the former, replaces what has not begun, and the database refuses the rest."""

import pytest
from django.db import IntegrityError, connection, transaction

from cxorders.journal.models import Entry
from tests.factories.catalogue import standard, the_catalogue
from tests.factories.organisation import a_world
from tests.factories.standards import CODE, DAY, NOON, TODAY, Case
from touchpoints.standards.actions import NothingToEnd, StartsToday, approve_version
from touchpoints.standards.enums import Standing
from touchpoints.standards.models import StandardVersion
from touchpoints.standards.queries import own_limits

GROUND = (the_catalogue, a_world)


def verbs() -> list[str]:
    return list(Entry.objects.filter(verb__startswith="standard.").order_by("pk").values_list("verb", flat=True))


def test_a_new_one_ends_the_former_the_day_before(case: Case) -> None:
    case.approved(12)
    case.approved(10, TODAY + 8 * DAY)

    assert case.days() == [
        (12, "approved", TODAY, TODAY + 7 * DAY),
        (10, "approved", TODAY + 8 * DAY, None),
    ]
    assert [case.in_force(TODAY + n * DAY) for n in (7, 8)] == [12, 10]
    former, later = StandardVersion.objects.order_by("valid_from")
    assert (former.standing(TODAY + 8 * DAY), later.standing(TODAY)) == (Standing.SUPERSEDED, Standing.APPROVED)
    assert Entry.objects.filter(verb="standard.approved").order_by("-pk")[0].data["ended"] == [former.pk]


def test_what_had_not_begun_is_replaced(case: Case) -> None:
    case.approved(12)
    case.approved(11, TODAY + 30 * DAY)
    case.approved(10, TODAY + 8 * DAY)

    assert case.days() == [
        (12, "approved", TODAY, TODAY + 7 * DAY),
        (10, "approved", TODAY + 8 * DAY, None),
        (11, "replaced", TODAY + 30 * DAY, None),
    ]
    assert verbs()[-2:] == ["standard.replaced", "standard.approved"]


def test_one_with_a_last_day_leaves_what_comes_after_alone(case: Case) -> None:
    case.approved(11, TODAY + 30 * DAY)
    case.approved(10, TODAY + 8 * DAY, TODAY + 29 * DAY)

    assert [(value, state) for value, state, *_ in case.days()] == [(10, "approved"), (11, "approved")]
    assert [case.in_force(TODAY + n * DAY) for n in (7, 8, 29, 30)] == [None, 10, 10, 11]


def test_a_day_that_began_under_one_version_ends_under_it(case: Case) -> None:
    case.approved(12)
    draft = case.draft(10)

    with pytest.raises(StartsToday):
        approve_version(draft, by=case.leader, at=NOON)
    approve_version(draft, by=case.leader, at=NOON, valid_from=TODAY + DAY)

    assert [case.in_force(day) for day in (TODAY, TODAY + DAY)] == [12, 10]


def test_back_to_the_group(case: Case) -> None:
    with pytest.raises(NothingToEnd):
        case.draft(None)
    case.approved(12)
    back = case.approved(None, TODAY + 3 * DAY, TODAY + 4 * DAY)

    assert (back.valid_to, back.limit) == (None, "")
    assert [case.in_force(TODAY + n * DAY) for n in (2, 3, 5)] == [12, None, None]
    with pytest.raises(NothingToEnd):
        case.draft(None, TODAY + 3 * DAY)
    case.approved(9, TODAY + 10 * DAY)
    assert [case.in_force(TODAY + n * DAY) for n in (9, 10)] == [None, 9]


OVERLAPS = [
    pytest.param(5, 9, True, id="inside"),
    pytest.param(0, 5, True, id="the first day"),
    pytest.param(10, 12, True, id="the last day"),
    pytest.param(0, None, True, id="open from before"),
    pytest.param(0, 4, False, id="up to the day before"),
    pytest.param(11, None, False, id="from the day after"),
]


@pytest.mark.parametrize(("first", "last", "refused"), OVERLAPS)
@pytest.mark.parametrize("how", ["insert", "update"])
def test_the_database_keeps_approved_ones_apart(
    case: Case, first: int, last: int | None, refused: bool, how: str
) -> None:
    case.approved(10, TODAY + 5 * DAY, TODAY + 10 * DAY)
    days = {"valid_from": TODAY + first * DAY, "valid_to": None if last is None else TODAY + last * DAY}
    row = StandardVersion(
        standard=standard(CODE), company=case.world.company, value=9, state="rejected", decision="不行",
        proposed_by=case.manager, proposed_at=NOON, decided_at=NOON, **days,
    )  # fmt: skip

    def write() -> None:
        if how == "update":
            row.save()  # rejected ones may lie anywhere
        row.state, row.decision = "approved", ""
        row.save()

    if not refused:
        write()
        assert StandardVersion.objects.filter(state="approved").count() == 2
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        write()
    assert connection.in_atomic_block
    assert StandardVersion.objects.filter(state="approved").count() == 1


def test_other_standards_and_other_companies_do_not_meet(case: Case) -> None:
    case.approved(10)
    more = {"state": "approved", "value": 5, "valid_from": TODAY, "proposed_by": case.manager}
    more |= {"proposed_at": NOON, "decided_at": NOON}
    StandardVersion.objects.create(standard=standard("STD-BH-03"), company=case.world.company, **more)
    StandardVersion.objects.create(standard=standard(CODE), company=case.world.other, **more)

    assert own_limits(case.world.company, TODAY) == {CODE: 10, "STD-BH-03": 5}
