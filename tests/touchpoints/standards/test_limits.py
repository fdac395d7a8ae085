"""What a company may ask of itself: something stricter than the group, and nothing else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cxorders.kit.errors import BusinessError
from cxorders.organisation.models import Unit, User
from tests.factories.catalogue import the_catalogue
from tests.factories.organisation import World, a_person, a_world
from touchpoints.standards.actions import (
    BadLimit,
    NotTighter,
    StandardUnknown,
    Wanted,
    approve_version,
    propose_version,
)
from touchpoints.standards.models import StandardVersion
from touchpoints.standards.queries import own_limits

GROUND = (the_catalogue, a_world)

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@pytest.fixture
def manager(world: World) -> User:
    the_catalogue()
    return a_person("dept_mgr", at=world.company)


def propose(company: Unit, by: User, code: str, value: Any) -> StandardVersion:
    return propose_version(company, code, Wanted(value, TODAY, None, "客户嫌慢"), by=by, at=NOON)


@pytest.mark.parametrize(
    ("code", "given", "kept"),
    [
        pytest.param("STD-BH-01", 10, 10, id="at most: lower"),
        pytest.param("STD-BH-01", "10", 10, id="typed"),
        pytest.param("STD-BH-01", " １２.５ ", 12.5, id="typed full-width"),
        pytest.param("STD-BH-05", 0.25, 0.25, id="half a working day halved"),
        pytest.param("STD-CC-02", "98%", 98, id="at least: higher"),
        pytest.param("STD-HS-09", 96, 96, id="notice further ahead"),
        pytest.param("STD-HS-11", 0, 0, id="no error at all"),
        pytest.param("STD-CC-14", [8, 12], [8, 12], id="between: narrower"),
        pytest.param("STD-CC-14", ["7", "10"], [7, 10], id="between: one end"),
        pytest.param("STD-EC-17", ["21:00", "07:00"], ["21:00", "07:00"], id="not in: longer over midnight"),
        pytest.param("STD-EC-17", ["22:00", "06:30"], ["22:00", "06:30"], id="not in: one end"),
    ],
)
def test_a_stricter_standard_is_kept(
    world: World, manager: User, leader: User, code: str, given: Any, kept: Any
) -> None:
    approve_version(propose(world.company, manager, code, given), by=leader, at=NOON)

    assert own_limits(world.company, TODAY) == {code: kept}
    assert own_limits(world.other, TODAY) == {}


@pytest.mark.parametrize(
    ("code", "given", "error"),
    [
        pytest.param("STD-BH-01", 15, NotTighter, id="at most: the same"),
        pytest.param("STD-BH-01", 16, NotTighter, id="at most: higher"),
        pytest.param("STD-CC-02", 95, NotTighter, id="at least: the same"),
        pytest.param("STD-CC-02", 90, NotTighter, id="at least: lower"),
        pytest.param("STD-CC-14", [7, 15], NotTighter, id="between: the same"),
        pytest.param("STD-CC-14", [6, 14], NotTighter, id="between: from earlier"),
        pytest.param("STD-CC-14", [8, 16], NotTighter, id="between: to later"),
        pytest.param("STD-CC-14", [12, 9], NotTighter, id="between: reversed"),
        pytest.param("STD-EC-17", ["22:00", "06:00"], NotTighter, id="not in: the same"),
        pytest.param("STD-EC-17", ["23:00", "06:00"], NotTighter, id="not in: shorter"),
        pytest.param("STD-EC-17", ["06:00", "22:00"], NotTighter, id="not in: the day instead of the night"),
        pytest.param("STD-BH-01", 0, BadLimit, id="no time at all"),
        pytest.param("STD-BH-01", -5, BadLimit, id="less than nothing"),
        pytest.param("STD-BH-01", 1.234, BadLimit, id="three decimals"),
        pytest.param("STD-BH-01", "soon", BadLimit, id="words"),
        pytest.param("STD-BH-01", "1e3", BadLimit, id="exponent"),
        pytest.param("STD-BH-01", "", BadLimit, id="nothing"),
        pytest.param("STD-BH-01", True, BadLimit, id="true"),
        pytest.param("STD-BH-01", [5, 10], BadLimit, id="two for one"),
        pytest.param("STD-BH-01", {"value": 5}, BadLimit, id="a mapping"),
        pytest.param("STD-CC-14", 9, BadLimit, id="one for two"),
        pytest.param("STD-CC-02", 101, BadLimit, id="more than all"),
        pytest.param("STD-EC-17", ["25:00", "07:00"], BadLimit, id="no such time"),
        pytest.param("STD-XX-01", 5, StandardUnknown, id="no such standard"),
    ],
)
def test_anything_else_is_refused(
    world: World, manager: User, code: str, given: Any, error: type[BusinessError]
) -> None:
    with pytest.raises(error):
        propose(world.company, manager, code, given)

    assert StandardVersion.objects.count() == 0


def test_the_refusal_names_the_standard_of_the_group(world: World, manager: User) -> None:
    with pytest.raises(NotTighter) as caught:
        propose(world.company, manager, "STD-BH-01", 20)

    assert caught.value.in_language("zh-hans") == "只能比集团标准（≤ 15 分钟）更严。"
