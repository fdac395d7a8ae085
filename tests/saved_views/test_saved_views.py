"""Saved views of a list: kept, renamed, shared, opened first, given up; and what is refused, in words."""

import pytest

from cxorders.journal.models import Entry
from cxorders.saved_views.actions import MOST_OWN
from cxorders.saved_views.models import SavedView, UsualView
from tests.factories.catalogue import the_catalogue
from tests.factories.orders import MONDAY
from tests.factories.organisation import a_person, a_world
from touchpoints.orders.models import OrderType

pytestmark = [pytest.mark.django_db, pytest.mark.embedded]
GROUND = (the_catalogue, a_world)
ORDERS = "/orders/"
QUERY = "type=OT-REPAIR&late=1"


def a_view(user, name="我的超期报修", query=QUERY, **more) -> SavedView:
    return SavedView.objects.create(list_name="orders", owner=user, name=name, query=query, created_at=MONDAY, **more)


def send(client, act, **values):
    return client.post(f"/views/orders/{act}/", values)


def text(response) -> str:
    return response.content.decode()


def test_a_filter_is_kept_under_a_name_and_becomes_a_tab(world, client_as):
    client = client_as(world.owner)
    assert "保存为视图" in text(client.get(f"{ORDERS}?{QUERY}&after=2026-09-14T02:00:00%2B00:00_1"))

    answer = send(client, "save", name="  我的 超期报修 ", query=f"{QUERY}&after=x&unknown=1&state=")

    assert (answer.status_code, answer["Location"]) == (302, f"{ORDERS}?{QUERY}")
    view = SavedView.objects.get()
    assert (view.owner, view.name, view.query, view.unit) == (world.owner, "我的 超期报修", QUERY, None)
    page = text(client.get(answer["Location"]))
    assert f'<a href="{ORDERS}?type=OT-REPAIR&amp;late=1" aria-current="page">我的 超期报修</a>' in page
    assert "保存为视图" not in page
    assert Entry.objects.filter(verb="view.saved", subject_id=view.pk).count() == 1


@pytest.mark.parametrize(
    ("name", "query", "said"),
    [
        ("", QUERY, "请给视图起个名字"),
        (" \x00\n", QUERY, "请给视图起个名字"),
        ("长" * 21, QUERY, "名字最多 20 个字"),
        ("已有的", QUERY, "您已有一个叫“已有的”的视图"),
        ("新的", "", "现在没有任何筛选条件"),
        ("新的", "after=1&nonsense=2", "现在没有任何筛选条件"),
        ("新的", "q=" + "长" * 300, "筛选条件太长"),
    ],
)
def test_what_cannot_be_kept_is_refused_and_nothing_typed_is_lost(world, client_as, name, query, said):
    a_view(world.owner, "已有的", "late=1")

    answer = send(client_as(world.owner), "save", name=name, query=query)

    assert answer.status_code in (409, 422)
    assert said in text(answer)
    if name == "长" * 21:
        assert f'value="{name}"' in text(answer)
    assert SavedView.objects.count() == 1


def test_names_are_ones_own_and_there_is_a_limit(world, client_as):
    a_view(world.stranger)
    client = client_as(world.owner)
    for number in range(MOST_OWN):
        assert send(client, "save", name=f"视图{number}", query=QUERY).status_code == 302

    assert f"最多保存 {MOST_OWN} 个视图" in text(send(client, "save", name="再来", query=QUERY))


def test_rename_and_delete(world, client_as):
    view, other = a_view(world.owner), a_view(world.owner, "另一个")
    client = client_as(world.owner)

    assert send(client, "rename", view=view.pk, name="新名字").status_code == 302
    taken = send(client, "rename", view=view.pk, name="另一个")
    assert (taken.status_code, "您已有一个叫“另一个”的视图" in text(taken)) == (409, True)
    send(client, "delete", view=other.pk)

    assert list(SavedView.objects.values_list("name", flat=True)) == ["新名字"]
    assert set(Entry.objects.values_list("verb", flat=True)) >= {"view.renamed", "view.deleted"}


@pytest.mark.parametrize("act", ["rename", "delete", "usual", "share"])
@pytest.mark.parametrize("key", ["theirs", "999999", "x", ""])
def test_a_view_of_somebody_else_does_not_exist(world, client_as, act, key):
    theirs = a_view(world.stranger)
    key = theirs.pk if key == "theirs" else key

    answer = send(client_as(world.supervisor), act, view=key, name="抢来的", on="1")

    assert (answer.status_code, "没有这个视图" in text(answer)) == (422, True)
    assert list(SavedView.objects.values_list("name", "unit")) == [("我的超期报修", None)]
    assert not UsualView.objects.exists()


def test_the_list_opens_with_the_usual_view_and_all_stays_one_step_away(world, client_as):
    view, client = a_view(world.owner), client_as(world.owner)

    send(client, "usual", view=view.pk, on="1")
    assert client.get(ORDERS)["Location"] == f"{ORDERS}?{QUERY}"
    assert f'href="{ORDERS}?state=open"' in text(client.get(f"{ORDERS}?{QUERY}"))
    assert client.get(f"{ORDERS}?state=open").status_code == 200
    assert client_as(world.supervisor).get(ORDERS).status_code == 200

    send(client, "usual")
    assert client.get(ORDERS).status_code == 200


def test_a_manager_shares_with_the_unit_below_and_people_see_their_own_rows(world, client_as):
    view = a_view(world.supervisor)
    boss = client_as(world.supervisor)

    assert send(boss, "share", view=view.pk, on="1").status_code == 302
    tabs = {person.name: view.name in text(client_as(person).get(ORDERS)) for person in (world.owner, world.stranger)}
    assert tabs == {world.owner.name: True, world.stranger.name: False}

    below = client_as(world.owner)
    for act in ("rename", "delete", "share"):
        assert send(below, act, view=view.pk, name="改掉", on="1").status_code == 403
    assert send(below, "usual", view=view.pk, on="1").status_code == 302
    assert f"由 {world.supervisor.name} 保存" in text(below.get("/views/orders/"))

    send(boss, "share", view=view.pk)
    assert not UsualView.objects.exists()
    assert below.get(ORDERS).status_code == 200


def test_the_front_line_may_not_share(world, client_as):
    view = a_view(world.owner)

    assert send(client_as(world.owner), "share", view=view.pk, on="1").status_code == 403
    assert "共享给下级" not in text(client_as(world.owner).get("/views/orders/"))


def test_a_deleted_view_is_nobodys_usual_one(world, client_as):
    view = a_view(world.owner)
    send(client_as(world.owner), "usual", view=view.pk, on="1")

    send(client_as(world.owner), "delete", view=view.pk)

    assert client_as(world.owner).get(ORDERS).status_code == 200


def test_a_stale_filter_is_told_on_the_list_and_among_the_views(world, client_as):
    a_view(world.owner, query="type=OT-REPAIR")
    OrderType.objects.filter(code="OT-REPAIR").update(retired=True)
    client = client_as(world.owner)

    for page in (f"{ORDERS}?type=OT-REPAIR", "/views/orders/"):
        assert "订单类型“户内报修”已停用" in text(client.get(page))


def test_lists_nobody_registered_and_lists_one_may_not_open(world, client_as):
    assert client_as(world.owner).get("/views/nonsense/").status_code == 404
    assert client_as(a_person("admin", at=world.company)).get("/views/orders/").status_code == 403
    assert "还没有保存的视图" in text(client_as(world.owner).get("/views/orders/"))
