"""People: added once, never deleted, deactivated after handing over."""

from datetime import datetime

from django.db import transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError
from cxorders.organisation import holdings
from cxorders.organisation.actions.grants import PersonInactive, end_grant, grant_role
from cxorders.organisation.models import Grant, Unit, User


class UsernameTaken(BusinessError):
    """Somebody else signs in with this name."""

    code = "username_taken"
    zh = "登录名“{username}”已经有人在用。"
    en = "Somebody already signs in as “{username}”."


class HandOverNeeded(BusinessError):
    """Open items would be left without anybody answering for them."""

    code = "hand_over_needed"
    zh = "{person}名下还有未办结的事项：{items}。先选择接手人。"
    en = "{person} still holds open items: {items}. Choose who takes them over."


class WrongSuccessor(BusinessError):
    """The successor must be somebody else, active, and in post."""

    code = "wrong_successor"
    zh = "{person}不能接手：接手人须是另一位在岗人员。"
    en = "{person} cannot take over: choose somebody else who is in post."


class NotYourself(BusinessError):
    """Nobody deactivates their own account."""

    code = "not_yourself"
    zh = "不能停用自己的账号，请另一位管理员操作。"
    en = "You cannot deactivate your own account. Ask another administrator."


@transaction.atomic
def add_person(
    username: str,
    name: str,
    *,
    by: User | None,
    at: datetime,
    password: str | None = None,
    phone: str = "",
    language: str = "zh-hans",
    role_code: str = "",
    unit: Unit | None = None,
) -> User:
    """Add a person who signs in as `username`; without `password` nobody can until one is set.

    With `role_code` and `unit` the first grant is given at once. Effects: the user, a journal row `person.added`,
    grant_role. Raises UsernameTaken and what grant_role raises.
    """
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(field="username", username=username)
    user = User(username=username, name=name, phone=phone, language=language, date_joined=at)
    user.set_password(password)
    user.save()
    place = {"unit_id": unit.pk, "company_id": unit.company_id} if unit else {}
    record(user, "person.added", by=by, at=at, username=username, name=name, **place)
    if unit is not None:
        grant_role(user, role_code, unit, by=by, at=at)
    return user


@transaction.atomic
def edit_person(user: User, *, by: User | None, at: datetime, name: str, phone: str) -> User:
    """Correct the name and phone of `user`. Effects: both fields, a journal row `person.edited` (no phone in it)."""
    former, user.name, user.phone = user.name, name, phone
    user.save(update_fields=["name", "phone"])
    record(user, "person.edited", by=by, at=at, former=former, name=name)
    return user


@transaction.atomic
def change_password(user: User, *, by: User, at: datetime, password: str) -> User:
    """Set a new, already validated password. Effects: the password, a journal row `person.password_changed`."""
    user.set_password(password)
    user.save(update_fields=["password"])
    record(user, "person.password_changed", by=by, at=at)
    return user


def choose_language(user: User, *, language: str) -> User:
    """Remember the language a person reads; a preference, so it leaves no journal row."""
    user.language = language
    user.save(update_fields=["language"])
    return user


@transaction.atomic
def deactivate(user: User, *, by: User | None, at: datetime, successor: User | None = None) -> User:
    """Close the account of somebody who leaves; open items pass to `successor` first.

    Effects in order: hand-over of every registered kind of open item, every grant ends at `at` (one that has not
    begun is withdrawn), the account is closed (a signed-in browser is out at its next request), a journal row
    `person.deactivated`. Raises PersonInactive, NotYourself, LastAdmin, HandOverNeeded, WrongSuccessor.
    """
    if not User.objects.select_for_update(of=("self",)).get(pk=user.pk).is_active:
        raise PersonInactive(person=user.name)
    if by is not None and by.pk == user.pk:
        raise NotYourself()
    passed = _settle(user, successor, by, at)
    for grant in Grant.objects.not_over(at).filter(user=user):
        end_grant(grant, by=by, at=at)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(user, "person.deactivated", by=by, at=at, passed=passed, successor=successor.pk if successor else None)
    return user


def _settle(user: User, successor: User | None, by: User | None, at: datetime) -> dict[str, int]:
    """Hand over and make sure nothing is left; returns holding code → number passed on."""
    if successor is not None:
        in_post = successor.is_active and Grant.objects.in_force(at).filter(user=successor).exists()
        if not in_post or successor.pk == user.pk:
            raise WrongSuccessor(field="successor", person=successor.name)
        passed = holdings.hand_over(user, successor, by=by, at=at)
    else:
        passed = {}
    left = holdings.open_items(user)
    if left:
        items = "、".join(f"{holding.name} {number}" for holding, number in left)
        raise HandOverNeeded(field="successor", person=user.name, items=items)
    return passed
