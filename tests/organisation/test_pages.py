"""The organisation pages, read and written through the browser's door."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cxorders.kit.worktime import CalendarYearMissing, DayKind
from cxorders.organisation import holdings
from cxorders.organisation.actions import deactivate, end_grant
from cxorders.organisation.models import CalendarDay, Grant, Unit, User
from cxorders.organisation.queries import calendar_for
from cxorders.organisation.queries.directory import tree
from cxorders.organisation.roles import PERMISSIONS, ROLES
from cxorders.web.middleware import BusinessErrors
from tests.factories.organisation import World, a_person, a_world, department_in, team_of

pytestmark = pytest.mark.django_db
GROUND = (a_world,)

ClientAs = Callable[..., Client]


@pytest.fixture
def admin(world: World) -> User:
    return a_person("admin", at=world.group, name="马秀兰")


@pytest.fixture
def local_admin(world: World) -> User:
    return a_person("admin", at=world.company, name="企业管理员")


def words(client: Client, page: str, /, *args: object, **query: str) -> str:
    response = client.get(reverse(f"organisation:{page}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def send(client: Client, page: str, /, *args: object, **data: object) -> tuple[int, str]:
    response = client.post(reverse(f"organisation:{page}", args=args), data)
    return response.status_code, response.content.decode()


# ---- reading -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_auditor_manager_and_admin(
    world: World, admin: User, client_as: ClientAs, language: str
) -> None:
    auditor = a_person("auditor", at=world.group)
    for person in (auditor, world.supervisor, admin):
        User.objects.filter(pk=person.pk).update(language=language)
        browser = client_as(person)
        for page in ("units", "people", "calendar", "roles", "profile", "password_change", "password_change_done"):
            words(browser, page)
        words(browser, "unit", world.team.pk)
        words(browser, "person", world.owner.pk)
        words(browser, "calendar", year="2031")
    words(client_as(admin), "add_person")


def test_the_tree_opens_along_the_way(world: World, admin: User, client_as: ClientAs) -> None:
    browser = client_as(admin)
    top, deep = words(browser, "units"), words(browser, "unit", world.team.pk)

    assert "A市公司" in top
    assert "工程部" in top  # of the group
    assert "中心营业厅" not in top
    assert all(name in deep for name in ("华城燃气集团", "A市公司", "B市公司", "营业部", "中心营业厅"))
    assert "周晓雯" in deep


def test_the_tree_counts_people_below(world: World, admin: User) -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    counted = {branch.unit.code: branch.people for branch in tree([world.group], world.company, at=now)}

    assert (counted["G"], counted["A"], counted["B"], counted["A-D-HALL"], counted["A-D-CC"]) == (4, 2, 1, 2, 0)


def test_the_tree_costs_the_same_for_one_company_and_for_two(world: World, admin: User, client_as: ClientAs) -> None:
    browser = client_as(admin)
    words(browser, "units")
    with CaptureQueriesContext(connection) as few:
        words(browser, "unit", department_in(world.company, "D-DES").pk)
    for _ in range(3):
        a_person("handler", at=department_in(world.company, "D-DES"))
    with CaptureQueriesContext(connection) as many:
        words(browser, "unit", department_in(world.company, "D-DES").pk)

    assert len(few) == len(many)


def test_the_list_costs_the_same_for_one_person_and_for_three(world: World, admin: User, client_as: ClientAs) -> None:
    browser = client_as(admin)
    words(browser, "people", role="callback")
    counts = []
    for extra in (1, 2):
        for _ in range(extra):
            a_person("callback", at=department_in(world.company, "D-CS"))
        with CaptureQueriesContext(connection) as queries:
            words(browser, "people", role="callback")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_people_are_found_by_name_phone_role_and_unit(world: World, admin: User, client_as: ClientAs) -> None:
    browser = client_as(admin)
    tail = User.objects.get(pk=world.stranger.pk).phone[-4:]

    assert "周晓雯" in words(browser, "people", q="晓雯")
    assert "陈建国" not in words(browser, "people", q="晓雯")
    assert "何佳" in words(browser, "people", q=tail)
    assert "陈建国" in words(browser, "people", role="dept_mgr")
    assert "周晓雯" not in words(browser, "people", role="dept_mgr")
    assert "周晓雯" in words(browser, "people", unit="A")
    assert "何佳" not in words(browser, "people", unit="A")
    assert "没有符合的人员" in words(browser, "people", q="😀没有这个人", before="x", unit="?")


def test_phones_are_masked(world: World, admin: User, client_as: ClientAs) -> None:
    phone = User.objects.get(pk=world.owner.pk).phone

    assert phone not in words(client_as(admin), "people")
    assert phone not in words(client_as(world.supervisor), "person", world.owner.pk)


def test_a_person_page_tells_the_history(world: World, admin: User, client_as: ClientAs) -> None:
    end_grant(world.owner.grants.get(), by=admin, at=datetime(2026, 3, 2, tzinfo=UTC))
    page = words(client_as(admin), "person", world.owner.pk)

    assert "前台人员" in page
    assert "2026-03-02" in page
    assert "结束角色" in page


def test_people_of_other_companies_do_not_exist(world: World, client_as: ClientAs) -> None:
    for person in (world.supervisor, a_person("branch_leader", at=world.company)):
        browser = client_as(person)
        assert browser.get(reverse("organisation:person", args=[world.stranger.pk])).status_code == 404
        assert browser.get(reverse("organisation:unit", args=[world.other.pk])).status_code == 404
        assert "何佳" not in words(browser, "people")


def test_the_roles_page_is_the_code(world: World, client_as: ClientAs) -> None:
    page = words(client_as(a_person("auditor", at=world.group)), "roles")

    assert [code for code in ROLES if f'id="role-{code}"' not in page] == []
    assert [str(text) for text in PERMISSIONS.values() if str(text) not in page] == []


def test_the_calendar_shows_holidays_and_windows(world: World, client_as: ClientAs) -> None:
    page = words(client_as(world.supervisor), "calendar", year="2026")

    assert "春节" in page
    assert "02-15 – 02-23" in page
    assert "还没有录入" in words(client_as(world.supervisor), "calendar", year="2030")


# ---- writing -------------------------------------------------------------------------------------------------------


def test_a_person_is_added_and_signs_in(world: World, admin: User, client_as: ClientAs, client: Client) -> None:
    form = {"name": "李芳", "username": "lifang", "password": "gas-meter-7", "phone": "", "role_code": "front"}
    code, _page = send(client_as(admin), "add_person", **form, unit="A-D-HALL-1")

    person = User.objects.get(username="lifang")
    assert code == 302
    assert [(g.role_code, g.unit.code, g.granted_by) for g in person.grants.all()] == [("front", "A-D-HALL-1", admin)]
    assert client.login(username="lifang", password="gas-meter-7")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"username": ""}, "必填项"),
        ({"username": "有空格 x"}, "只用字母、数字、点、横线。"),
        ({"password": "123"}, "密码太短，至少要 8 个字符。"),
        ({"unit": "NOWHERE"}, "没有编码为“NOWHERE”的单位。"),
        ({"role_code": "auditor"}, "看全集团的角色只设在集团"),
        ({"role_code": "king"}, "选择一个有效的选项"),
        ({"name": "长" * 81}, "80"),
        ({"phone": "call me"}, "电话只写数字"),
    ],
)
def test_a_wrong_form_comes_back_filled(
    world: World, admin: User, client_as: ClientAs, wrong: dict[str, str], sentence: str
) -> None:
    form = {"name": "李芳😀", "username": "lifang", "password": "gas-meter-7", "phone": "", "role_code": "front"}
    code, page = send(client_as(admin), "add_person", **(form | {"unit": "A-D-HALL-1"} | wrong))

    assert code == 422
    assert sentence in page
    assert (wrong.get("name") or "李芳😀") in page
    assert not User.objects.filter(name="李芳😀").exists()


def test_a_taken_name_is_told_at_the_field(world: World, admin: User, client_as: ClientAs) -> None:
    form = {"name": "李芳", "username": world.owner.username, "password": "gas-meter-7", "role_code": "front"}
    code, page = send(client_as(admin), "add_person", **form, unit="A-D-HALL-1")

    assert code == 422
    assert "已经有人在用" in page


def test_grants_are_given_moved_and_ended(world: World, admin: User, client_as: ClientAs) -> None:
    browser, owner = client_as(admin), world.owner
    first = owner.grants.get()

    assert send(browser, "give_grant", owner.pk, role_code="handler", unit="A-D-CS")[0] == 302
    assert send(browser, "transfer", owner.pk, first.pk, role_code="front", unit="B-D-HALL-1", successor="")[0] == 302
    handler = owner.grants.get(role_code="handler")
    assert send(browser, "end_grant", owner.pk, handler.pk)[0] == 302

    held = [(g.role_code, g.unit.code, g.ends_at is None) for g in owner.grants.order_by("pk")]
    assert held == [("front", "A-D-HALL-1", False), ("handler", "A-D-CS", False), ("front", "B-D-HALL-1", True)]


def test_refusals_come_back_on_the_page(world: World, admin: User, client_as: ClientAs) -> None:
    browser, owner, grant = client_as(admin), world.owner, world.owner.grants.get()

    assert "已经是前台人员" in send(browser, "give_grant", owner.pk, role_code="front", unit="A-D-HALL-1")[1]
    assert "没有编码为" in send(browser, "transfer", owner.pk, grant.pk, role_code="front", unit="X")[1]
    assert send(browser, "end_grant", admin.pk, admin.grants.get().pk)[0] == 422
    assert send(browser, "end_grant", owner.pk, world.stranger.grants.get().pk)[0] == 404
    assert "没有登录名为" in send(browser, "deactivate", owner.pk, successor="nobody")[1]
    assert Grant.objects.in_force(datetime(2026, 3, 2, tzinfo=UTC)).filter(pk=grant.pk).exists()


@pytest.fixture
def one_note(world: World) -> Iterator[dict[int, int]]:
    held = {world.owner.pk: 1}
    holdings.register(
        holdings.Holding(
            "test",
            "纸条",
            "notes",
            lambda user: held.get(user.pk, 0),
            lambda user, successor, by, at: held.update({successor.pk: held.pop(user.pk)}),
        )
    )
    yield held
    holdings.unregister("test")


def test_a_leaver_hands_over_first(world: World, admin: User, client_as: ClientAs, one_note: dict[int, int]) -> None:
    browser, leaver = client_as(admin), client_as(world.owner)
    assert "纸条" in words(browser, "person", world.owner.pk)
    code, page = send(browser, "deactivate", world.owner.pk, successor="")
    assert (code, "先选择接手人" in page) == (422, True)

    assert send(browser, "deactivate", world.owner.pk, successor=world.supervisor.username)[0] == 302

    assert one_note == {world.supervisor.pk: 1}
    assert leaver.get(reverse("organisation:profile")).headers["Location"].startswith("/login/")


def test_nobody_deactivates_themselves(world: World, admin: User, client_as: ClientAs) -> None:
    a_person("admin", at=world.group)
    code, page = send(client_as(admin), "deactivate", admin.pk, successor="")

    assert (code, "不能停用自己的账号" in page) == (422, True)


def test_corrections_and_new_passwords(world: World, admin: User, client_as: ClientAs, client: Client) -> None:
    browser = client_as(admin)
    assert send(browser, "edit_person", world.owner.pk, name="周小雯", phone="13900001111")[0] == 302
    assert send(browser, "edit_person", world.owner.pk, name="", phone="")[0] == 422
    assert send(browser, "reset_password", world.owner.pk, password="short")[0] == 422
    assert send(browser, "reset_password", world.owner.pk, password="gas-meter-7")[0] == 302

    assert User.objects.get(pk=world.owner.pk).name == "周小雯"
    assert client.login(username=world.owner.username, password="gas-meter-7")


def test_units_are_opened_renamed_and_closed(world: World, admin: User, client_as: ClientAs) -> None:
    browser, hall = client_as(admin), department_in(world.company, "D-HALL")
    new = {"kind": "team", "code": "A-H2", "zh": "城南营业厅", "en": "", "department_code": ""}
    assert send(browser, "open_unit", hall.pk, **new)[0] == 302
    unit = Unit.objects.get(code="A-H2")
    assert send(browser, "rename_unit", unit.pk, zh="城南大厅", en="South hall")[0] == 302
    assert send(browser, "close_unit", unit.pk)[0] == 302

    unit.refresh_from_db()
    assert (unit.zh, unit.closed_on is not None, unit.department_code) == ("城南大厅", True, "D-HALL")
    assert "已经有单位在用" in send(browser, "open_unit", hall.pk, **(new | {"code": "A"}))[1]
    assert send(browser, "open_unit", hall.pk, **(new | {"kind": "company"}))[0] == 422
    assert send(browser, "rename_unit", hall.pk, zh="")[0] == 422
    assert "名在岗人员" in send(browser, "close_unit", hall.pk)[1]


def test_windows_are_set_per_unit(world: World, admin: User, client_as: ClientAs) -> None:
    browser, hall = client_as(admin), department_in(world.company, "D-HALL")
    week = {f"day{day}": "8:00-12:00，13:00-20:00" for day in range(7)}
    assert send(browser, "set_windows", hall.pk, **week)[0] == 302

    calendar = calendar_for(team_of(world.company, "D-HALL"))
    assert calendar.standard_day.total_seconds() == 11 * 3600
    assert calendar.years is None  # the box of the public holidays was not ticked
    assert "8:00" in words(browser, "unit", world.team.pk)

    wrong = week | {"day0": "from nine to five"}
    code, page = send(browser, "set_windows", hall.pk, **wrong)
    assert (code, "from nine to five" in page) == (422, True)
    assert send(browser, "set_windows", hall.pk, **(week | {"day0": "20:00-08:00"}))[0] == 422
    assert send(browser, "set_windows", hall.pk)[0] == 422
    assert send(browser, "clear_windows", hall.pk)[0] == 302
    assert send(browser, "clear_windows", world.group.pk)[0] == 422


def test_a_day_is_changed_from_the_group_only(
    world: World, admin: User, local_admin: User, client_as: ClientAs
) -> None:
    browser = client_as(admin)
    assert send(browser, "set_day", date="2026-03-02", is_off="1", name="停水")[0] == 302
    row = CalendarDay.objects.get(date="2026-03-02")
    assert (row.is_off, row.name) == (True, "停水")

    assert send(browser, "set_day", date="soon", is_off="1", name="停水")[0] == 422
    assert send(browser, "set_day", date="1126-03-02", is_off="1", name="停水")[0] == 422
    assert send(client_as(local_admin), "set_day", date="2026-03-03", is_off="1", name="x")[0] == 404
    assert send(client_as(local_admin), "drop_day", row.pk)[0] == 404
    assert send(browser, "drop_day", row.pk)[0] == 302
    assert not CalendarDay.objects.filter(date__in=["2026-03-02", "2026-03-03"]).exists()


def test_the_days_of_a_year_come_from_a_file(world: World, admin: User, local_admin: User, client_as: ClientAs) -> None:
    browser = client_as(admin)
    head = "date,name,is_off_day,notice_year\n"
    assert "2031 年的放假安排还没有录入" in words(browser, "calendar", year="2031")

    good = SimpleUploadedFile("2027.csv", f"{head}2027-01-01,元旦,True,2027\n".encode())
    assert send(browser, "load_days", file=good)[0] == 302
    assert calendar_for(world.team).day_kind(date(2027, 1, 1)) is DayKind.HOLIDAY

    bad = SimpleUploadedFile("2027.csv", f"{head}2027-01-01,元旦,perhaps,2027\n".encode())
    assert "第 2 行不对" in send(browser, "load_days", file=bad)[1]
    photo = SimpleUploadedFile("photo.jpg", b"\xff\xd8\xff\x00" * 50)
    assert send(browser, "load_days", file=photo)[0] == 422
    huge = SimpleUploadedFile("huge.csv", b"x" * 200_001)
    assert "文件太大" in send(browser, "load_days", file=huge)[1]
    assert send(browser, "load_days")[0] == 422
    assert send(client_as(local_admin), "load_days")[0] == 404


def test_a_year_nobody_entered_is_told_not_guessed(world: World) -> None:
    answer = BusinessErrors(lambda request: HttpResponse()).process_exception(
        RequestFactory().get("/"), CalendarYearMissing(2031)
    )

    assert answer is not None
    assert (answer.status_code, "2031 年的放假安排还没有录入" in answer.content.decode()) == (409, True)


def test_a_local_administrator_stays_at_home(world: World, local_admin: User, client_as: ClientAs) -> None:
    browser = client_as(local_admin)

    assert send(browser, "give_grant", world.owner.pk, role_code="handler", unit="A-D-CS")[0] == 302
    assert send(browser, "give_grant", world.owner.pk, role_code="handler", unit="B-D-CS")[0] == 422
    assert send(browser, "give_grant", world.stranger.pk, role_code="handler", unit="A-D-CS")[0] == 404
    assert send(browser, "rename_unit", world.other.pk, zh="夺过来")[0] == 404


def test_somebody_with_a_post_elsewhere_is_not_for_a_local_administrator(
    world: World, admin: User, local_admin: User, client_as: ClientAs
) -> None:
    send(client_as(admin), "give_grant", world.owner.pk, role_code="handler", unit="B-D-CS")

    assert send(client_as(local_admin), "deactivate", world.owner.pk, successor="")[0] == 403


def test_reading_does_not_mean_writing(world: World, client_as: ClientAs) -> None:
    browser = client_as(a_person("branch_leader", at=world.company))

    assert send(browser, "deactivate", world.owner.pk, successor="")[0] == 403
    assert send(browser, "rename_unit", world.team.pk, zh="x")[0] == 403
    assert browser.get(reverse("organisation:add_person")).status_code == 403
    assert "加人员" not in words(browser, "people")


def test_a_former_colleague_is_read_only(world: World, admin: User, client_as: ClientAs) -> None:
    deactivate(world.owner, by=admin, at=datetime(2026, 3, 2, tzinfo=UTC))
    page = words(client_as(admin), "person", world.owner.pk)

    assert "已停用" in page
    assert "停用账号" not in page
