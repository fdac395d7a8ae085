"""The pages of appointments over HTTP: what they show, refuse, keep and cost."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from cxorders.journal.models import Entry
from tests.factories.appointments import MINUTE, WEDNESDAY, a_visit_stage, an_appointment, nobody_home
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import a_picture, shanghai
from tests.factories.organisation import a_company, a_person, a_team, a_world, department_in, team_of
from touchpoints.appointments import actions
from touchpoints.appointments.enums import AppointmentState
from touchpoints.appointments.models import Appointment, CrewCapacity, NoAccess
from touchpoints.orders.enums import StageState

pytestmark = pytest.mark.django_db
GROUND = (the_catalogue, a_world)

OPENS = shanghai("2026-09-16 08:30")


@pytest.fixture
def crew(world):
    return team_of(world.company, "D-HOME")


@pytest.fixture
def technician(crew):
    return a_person("field", at=crew)


@pytest.fixture
def manager(world):
    return a_person("dept_mgr", at=department_in(world.company, "D-HOME"))


@pytest.fixture
def now(monkeypatch):
    """Set the clock of the pages: now(moment)."""

    def is_now(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    is_now(shanghai("2026-09-15 09:00"))
    return is_now


def text_of(response) -> str:
    return response.content.decode()


def url(name: str, *args: object, **query: object) -> str:
    return reverse(f"appointments:{name}", args=args, query=query or None)


def what_booking_takes(crew, **more: object) -> dict[str, object]:
    return {"crew": crew.pk, "day": "2026-09-16", "window": "0830", "client_key": uuid4(), **more}


# ---- the board ---------------------------------------------------------------------------------------------------


def test_the_board_shows_the_load_of_each_half_day(client_as, crew, manager, now) -> None:
    for _ in range(2):
        an_appointment()
    actions.set_places(crew, by=None, at=timezone.now(), day=WEDNESDAY, half="pm", places=0)
    page = text_of(client_as(manager).get(url("board")))

    assert crew.name in page
    assert "2/6" in page
    assert "有空" in page
    assert "不排" in page
    assert "明天有 2 户还没有与客户确认" in page
    assert url("half_day", crew.pk, "2026-09-16", "am") in page


@pytest.mark.parametrize(("places", "word"), [(2, "约满"), (1, "超排"), (0, "超排")])
def test_full_and_too_full_are_said_in_words(client_as, crew, manager, now, places, word) -> None:
    for _ in range(2):
        an_appointment()
    actions.set_places(crew, by=None, at=timezone.now(), day=WEDNESDAY, half="am", places=places)

    assert word in text_of(client_as(manager).get(url("board", week="2026-09-14")))


def test_filters_live_in_the_address(client_as, world, crew, now) -> None:
    hq = a_person("hq_cs", at=world.group)
    theirs = a_team(department_in(world.other, "D-HOME"), zh="乙公司入户二班", touchpoint_code="HS")
    first = text_of(client_as(hq).get(url("board")))
    other = text_of(client_as(hq).get(url("board", company=world.other.pk, week="2026-09-21")))
    one = text_of(client_as(hq).get(url("board", company=world.other.pk, unit=theirs.pk)))
    none = text_of(client_as(hq).get(url("board", company=world.other.pk, unit=crew.pk)))

    assert theirs.name not in first
    assert theirs.name in other
    assert "week=2026-09-28" in other
    assert url("half_day", theirs.pk, "2026-09-14", "am") in one
    assert url("half_day", team_of(world.other, "D-HOME").pk, "2026-09-14", "am") not in one
    assert "没有符合条件的班组" in none


def test_nonsense_in_the_address_is_left_out(client_as, manager, now) -> None:
    page = client_as(manager).get(url("board") + "?week=x&unit=y&company=99999999999999999999")

    assert page.status_code == 200


def test_without_crews_the_board_says_so(client_as, world, now) -> None:
    assert "没有上门班组" in text_of(client_as(world.owner).get(url("board")))
    assert "没有上门班组" in text_of(client_as(world.owner).get(url("day")))


@pytest.mark.parametrize("page", ["board", "day", "half_day"])
def test_pages_cost_the_same_with_one_row_and_with_three(client_as, crew, manager, now, page) -> None:
    client = client_as(manager)
    where = {
        "board": url("board"),
        "day": url("day", crew=crew.pk, day="2026-09-16"),
        "half_day": url("half_day", crew.pk, "2026-09-16", "am"),
    }[page]
    counts = []
    for more in (1, 2):
        for _ in range(more):
            an_appointment()
        client.get(where)
        with CaptureQueriesContext(connection) as asked:
            client.get(where)
        counts.append(len(asked))

    assert counts[0] == counts[1]


# ---- one half-day ------------------------------------------------------------------------------------------------


def test_a_cell_opens_its_list_and_its_manager_sets_the_places(client_as, crew, manager, technician, now) -> None:
    appointment = an_appointment()
    where = (crew.pk, "2026-09-16", "am")
    page = text_of(client_as(manager).get(url("half_day", *where)))
    assert appointment.order.number in page
    assert 'name="places"' in page
    assert 'name="places"' not in text_of(client_as(technician).get(url("half_day", *where)))

    assert client_as(manager).post(url("set_places", *where), {"places": 3}).status_code == 302
    assert CrewCapacity.objects.get(half="am").places == 3
    assert client_as(manager).post(url("set_places", *where), {"places": "many"}).status_code == 422
    assert client_as(technician).post(url("set_places", *where), {"places": 3}).status_code == 403


@pytest.mark.parametrize(("day", "half"), [("2026-13-01", "am"), ("2026-09-16", "noon")])
def test_a_half_day_that_does_not_exist(client_as, crew, manager, day, half) -> None:
    assert client_as(manager).get(f"/appointments/crews/{crew.pk}/{day}/{half}/").status_code == 404


# ---- booking -----------------------------------------------------------------------------------------------------


def test_booking_from_the_order_page(client_as, crew, manager, now) -> None:
    stage = a_visit_stage()
    client = client_as(manager)
    where = url("book", stage.order.number, stage.pk)
    assert where in text_of(client.get(reverse("orders:detail", args=[stage.order.number])))
    assert crew.name in text_of(client.get(where))

    given = what_booking_takes(crew, note="门禁 3 号")
    for _ in range(2):  # a double click books once
        answer = client.post(where, given)
        assert answer.status_code == 302
    appointment = Appointment.objects.get()
    assert (appointment.booked_by, appointment.note) == (manager, "门禁 3 号")
    page = text_of(client.get(answer.url))
    assert url("detail", appointment.number) in page
    assert where not in page


def test_a_refused_booking_keeps_what_was_typed(client_as, crew, manager, now) -> None:
    stage = a_visit_stage()
    actions.set_places(crew, by=None, at=timezone.now(), day=WEDNESDAY, half="am", places=0)
    client, where = client_as(manager), url("book", stage.order.number, stage.pk)
    full = client.post(where, what_booking_takes(crew, note="三楼"))
    empty = client.post(where, {})

    assert full.status_code == 422
    assert "已约满" in text_of(full)
    assert "三楼" in text_of(full)
    assert empty.status_code == 422
    assert not Appointment.objects.exists()


def test_the_front_line_that_took_the_order_in_books_and_others_do_not(client_as, world, crew, now) -> None:
    stage = a_visit_stage(unit=world.team)
    where = url("book", stage.order.number, stage.pk)

    assert client_as(world.stranger).get(where).status_code == 404
    assert client_as(a_person("callback", at=world.company)).get(where).status_code == 403
    assert client_as(world.owner).post(where, what_booking_takes(crew)).status_code == 302
    mine = Appointment.objects.get()
    assert client_as(world.owner).get(url("detail", mine.number)).status_code == 200


# ---- one appointment ---------------------------------------------------------------------------------------------


def test_confirming_moving_and_cancelling(client_as, crew, manager, now) -> None:
    appointment = an_appointment()
    client = client_as(manager)
    assert "客户已确认" in text_of(client.get(url("detail", appointment.number)))
    assert client.post(url("confirm", appointment.number)).status_code == 302
    again = client.post(url("confirm", appointment.number))
    assert again.status_code == 409
    assert "当前状态下不能做这一步" in text_of(again)

    where = url("reschedule", appointment.number)
    assert client.get(where).status_code == 200
    assert client.post(where, what_booking_takes(crew, window="pm")).status_code == 422  # who asked, and why
    said = {"asked_by": "customer", "reason": "下午在家"}
    assert client.post(where, what_booking_takes(crew, window="pm", **said)).status_code == 302
    moved = Appointment.objects.get(half="pm")
    page = text_of(client.get(url("detail", moved.number)))
    assert "下午在家" in page

    assert client.post(url("cancel", moved.number), {"reason": "x"}).status_code == 422
    assert client.post(url("cancel", moved.number), said).status_code == 302
    moved.refresh_from_db()
    assert moved.state == AppointmentState.CANCELLED
    assert client.post(url("cancel", moved.number), said).status_code == 409


# ---- the day on the phone ----------------------------------------------------------------------------------------


def test_the_day_of_the_crew_in_order_with_the_phone_masked(client_as, technician, now) -> None:
    now(shanghai("2026-09-16 13:20"))
    later, first = an_appointment(window="pm"), an_appointment(window="0830")
    page = text_of(client_as(technician).get(url("day")))

    assert page.index(url("arrive", first.number)) < page.index(url("arrive", later.number))
    customer = first.order.customer
    assert customer.phone not in page
    assert reverse("customers:reveal", args=[customer.number]) in page
    shown = client_as(technician).post(reverse("customers:reveal", args=[customer.number]))
    assert f"tel:{customer.phone}" in text_of(shown)
    assert Entry.objects.filter(verb="customer.phone_revealed").count() == 1


def test_before_its_time_a_visit_has_no_button_to_arrive(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS - timedelta(minutes=16))
    for where in (url("day", day="2026-09-16"), url("detail", appointment.number)):
        page = text_of(client_as(technician).get(where))
        assert url("arrive", appointment.number) not in page
        assert url("no_access", appointment.number) not in page


def test_arriving_with_time_and_place_of_the_phone(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS + timedelta(hours=1))
    client, key = client_as(technician), uuid4()
    sent = {
        "client_key": key,
        "device_at": OPENS.isoformat(),
        "latitude": "31.230416",
        "longitude": "121.473701",
        "next": url("day"),
    }
    for _ in range(2):  # without network the phone repeats itself
        answer = client.post(url("arrive", appointment.number), sent)
        assert (answer.status_code, answer.url) == (302, url("day"))
    appointment.refresh_from_db()

    assert (appointment.state, appointment.arrived_at) == (AppointmentState.KEPT, OPENS)
    assert str(appointment.latitude) == "31.230416"
    assert Entry.objects.filter(verb="appointment.arrived").count() == 1


def test_a_strange_device_and_a_strange_way_back_do_no_harm(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS)
    sent = {"client_key": "x", "device_at": "now", "latitude": "999", "next": "https://example.org/"}
    answer = client_as(technician).post(url("arrive", appointment.number), sent)

    assert (answer.status_code, answer.url) == (302, url("detail", appointment.number))


def test_too_early_is_refused_with_the_reason(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS - timedelta(minutes=40))
    answer = client_as(technician).post(url("arrive", appointment.number))

    assert answer.status_code == 422
    assert "还有 40 分钟" in text_of(answer)


def test_no_access_with_its_proof(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS + 10 * MINUTE)
    client, where = client_as(technician), url("no_access", appointment.number)
    assert appointment.order.premises.address in text_of(client.get(where))
    given = {"called_at": "08:35", "call_note": "无人接听", "place": "1202 室门口", "client_key": uuid4()}
    wrong = client.post(where, given | {"called_at": "09:50"})
    assert wrong.status_code == 422
    assert "通话时间不能晚于现在" in text_of(wrong)

    for _ in range(2):
        answer = client.post(where, given | {"photo": a_picture()})
        assert answer.status_code == 302
    proof = NoAccess.objects.get()
    assert proof.is_complete
    appointment.stage.refresh_from_db()
    assert appointment.stage.state == StageState.FAILED
    picture = client.get(url("photo", appointment.number))
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert "1202 室门口" in text_of(client.get(url("detail", appointment.number)))


def test_a_photo_that_is_none_keeps_the_form(client_as, technician, now) -> None:
    appointment = an_appointment()
    now(OPENS)
    answer = client_as(technician).post(
        url("no_access", appointment.number), {"call_note": "没人", "photo": a_picture().__class__("a.jpg", b"x")}
    )

    assert answer.status_code == 422
    assert "不是能打开的照片" in text_of(answer)
    assert "没人" in text_of(answer)


def test_an_appointment_without_a_photo_has_none_to_show(client_as, technician, now) -> None:
    assert client_as(technician).get(url("photo", an_appointment().number)).status_code == 404


def test_whoever_sees_the_order_may_open_its_appointments(client_as, world, now) -> None:
    appointment = an_appointment(unit=world.team)  # booked by nobody, for a crew out of reach
    client = client_as(world.owner)
    page = text_of(client.get(reverse("orders:detail", args=[appointment.order.number])))
    detail = client.get(url("detail", appointment.number))

    assert url("detail", appointment.number) in page
    assert detail.status_code == 200
    assert url("arrive", appointment.number) not in text_of(detail)


def test_other_companies_see_nothing(client_as, world, now) -> None:
    appointment = nobody_home(an_appointment(company=world.company))
    stranger = a_person("field", at=team_of(world.other, "D-HOME"))
    for name in ("detail", "photo", "reschedule", "no_access"):
        assert client_as(stranger).get(url(name, appointment.number)).status_code == 404
    assert client_as(stranger).get(url("half_day", appointment.unit_id, "2026-09-16", "am")).status_code == 404


@pytest.mark.parametrize(("role", "shown"), [("field", True), ("dept_mgr", True), ("auditor", False)])
def test_the_way_there_is_in_the_shell(client_as, world, role, shown) -> None:
    at = world.group if role == "auditor" else department_in(world.company, "D-HOME")
    page = text_of(client_as(a_person(role, at=at)).get(reverse("orders:list")))

    assert (f'href="{url("board")}"' in page) is shown


def test_pages_in_english(client_as, manager, crew, now) -> None:
    appointment = an_appointment()
    client = client_as(manager)
    client.cookies["django_language"] = "en"
    for where in (url("board"), url("detail", appointment.number), url("day", crew=crew.pk)):
        assert client.get(where).status_code == 200


def test_the_first_day_of_a_company_needs_no_set_up(client_as, now) -> None:
    fresh = a_company("C")
    page = text_of(client_as(a_person("branch_leader", at=fresh)).get(url("board")))

    assert "0/6" in page
    assert date(2026, 9, 14).isoformat() in page
