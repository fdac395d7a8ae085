"""Adding people, and letting them go without leaving anything open behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from cxorders.journal.queries import timeline
from cxorders.organisation import holdings
from cxorders.organisation.actions import add_person, change_password, deactivate, edit_person, end_grant
from cxorders.organisation.actions.grants import LastAdmin, PersonInactive, RoleNotHere
from cxorders.organisation.actions.people import HandOverNeeded, NotYourself, UsernameTaken, WrongSuccessor
from cxorders.organisation.models import User
from cxorders.organisation.queries import grants_of
from tests.factories.organisation import World, a_person, a_world, give

pytestmark = pytest.mark.django_db
GROUND = (a_world,)

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


class Desk:
    """A kind of open item for these tests: who holds how many."""

    def __init__(self) -> None:
        self.held: dict[int, int] = {}
        self.keeps_one = False

    def count(self, user: User) -> int:
        return self.held.get(user.pk, 0)

    def hand_over(self, user: User, successor: User, by: User | None, at: datetime) -> None:
        passed = self.held.pop(user.pk) - self.keeps_one
        self.held[successor.pk] = self.held.get(successor.pk, 0) + passed
        if self.keeps_one:
            self.held[user.pk] = 1


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    holdings.register(holdings.Holding("test", "纸条", "notes", desk.count, desk.hand_over))
    yield desk
    holdings.unregister("test")


def test_a_person_is_added_with_a_first_role(world: World) -> None:
    user = add_person(
        "xiaoli", "李芳", by=world.supervisor, at=NOW, password="hunter-22", role_code="front", unit=world.team
    )

    assert user.check_password("hunter-22")
    assert [(g.role_code, g.unit) for g in grants_of(user, at=NOW)] == [("front", world.team)]
    assert [entry.verb for entry in timeline(user)] == ["grant.given", "person.added"]
    assert "hunter-22" not in str([entry.data for entry in timeline(user)])


def test_without_a_password_nobody_signs_in(world: World) -> None:
    assert not add_person("xiaoli", "李芳", by=None, at=NOW).has_usable_password()


def test_a_name_to_sign_in_with_is_given_once(world: World) -> None:
    with pytest.raises(UsernameTaken):
        add_person(world.owner.username, "李芳", by=None, at=NOW)


def test_a_refused_first_role_adds_nobody(world: World) -> None:
    with pytest.raises(RoleNotHere):
        add_person("xiaoli", "李芳", by=None, at=NOW, role_code="auditor", unit=world.team)

    assert not User.objects.filter(username="xiaoli").exists()


def test_corrections_and_passwords_are_journalled_without_secrets(world: World) -> None:
    edit_person(world.owner, by=world.supervisor, at=NOW, name="周小雯", phone="13900001234")
    change_password(world.owner, by=world.owner, at=NOW, password="a new secret")

    assert (world.owner.name, world.owner.check_password("a new secret")) == ("周小雯", True)
    rows = [(entry.verb, entry.data) for entry in timeline(world.owner)[:2]]
    assert rows == [
        ("person.password_changed", {}),
        ("person.edited", {"former": "周晓雯", "name": "周小雯"}),
    ]


def test_a_leaver_loses_every_grant(world: World) -> None:
    give(world.owner, "handler", at=world.team)
    give(world.owner, "crew", at=world.team, since=NOW + timedelta(days=9))
    deactivate(world.owner, by=world.supervisor, at=NOW)

    assert not User.objects.get(pk=world.owner.pk).is_active
    assert grants_of(world.owner, at=NOW + timedelta(days=10)) == []
    assert [entry.verb for entry in timeline(world.owner)][:4] == [
        "person.deactivated", "grant.withdrawn", "grant.ended", "grant.ended",
    ]  # fmt: skip


def test_open_items_need_a_successor(world: World, desk: Desk) -> None:
    desk.held[world.owner.pk] = 3
    with pytest.raises(HandOverNeeded) as refusal:
        deactivate(world.owner, by=world.supervisor, at=NOW)

    assert refusal.value.in_language("zh-hans") == "周晓雯名下还有未办结的事项：纸条 3。先选择接手人。"
    assert User.objects.get(pk=world.owner.pk).is_active
    assert desk.held == {world.owner.pk: 3}


def test_deactivating_never_orphans_an_open_item(world: World, desk: Desk) -> None:
    desk.held = {world.owner.pk: 3, world.supervisor.pk: 1}
    deactivate(world.owner, by=None, at=NOW, successor=world.supervisor)

    assert desk.held == {world.supervisor.pk: 4}
    assert timeline(world.owner)[0].data == {"passed": {"test": 3}, "successor": world.supervisor.pk}


def test_a_hand_over_that_leaves_something_behind_is_refused(world: World, desk: Desk) -> None:
    desk.held, desk.keeps_one = {world.owner.pk: 3}, True
    with pytest.raises(HandOverNeeded):
        deactivate(world.owner, by=None, at=NOW, successor=world.supervisor)

    assert User.objects.get(pk=world.owner.pk).is_active


def test_a_successor_is_somebody_else_in_post(world: World, desk: Desk) -> None:
    desk.held[world.owner.pk] = 1
    gone = a_person("front", at=world.team)
    end_grant(gone.grants.get(), by=None, at=NOW)
    for wrong in (world.owner, gone, a_person("")):
        with pytest.raises(WrongSuccessor):
            deactivate(world.owner, by=None, at=NOW, successor=wrong)


def test_nobody_leaves_twice_or_by_their_own_hand(world: World) -> None:
    with pytest.raises(NotYourself):
        deactivate(world.owner, by=world.owner, at=NOW)
    deactivate(world.owner, by=None, at=NOW)
    with pytest.raises(PersonInactive):
        deactivate(world.owner, by=None, at=NOW)


def test_the_last_administrator_cannot_leave(world: World) -> None:
    last = a_person("admin", at=world.group)
    with pytest.raises(LastAdmin):
        deactivate(last, by=None, at=NOW)

    assert User.objects.get(pk=last.pk).is_active


def test_who_sees_whom(world: World) -> None:
    admin, leader = a_person("admin", at=world.company), a_person("branch_leader", at=world.company)
    auditor, nobody = a_person("auditor", at=world.group), a_person("")

    def seen(by: User) -> set[User]:
        return set(User.objects.visible_to(by))

    assert seen(auditor) == set(User.objects.all())
    assert seen(leader) == seen(admin) == {world.owner, world.supervisor, admin, leader}
    assert seen(world.supervisor) == {world.owner, world.supervisor}
    assert seen(world.stranger) == {world.stranger}
    assert seen(nobody) == {nobody}
