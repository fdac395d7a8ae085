"""Keeping the filters of a list under a name."""

from datetime import datetime

from django.db import IntegrityError, transaction

from cxorders.journal.actions import record
from cxorders.kit.errors import BusinessError, NotAllowed
from cxorders.organisation.models import User
from cxorders.saved_views import policy
from cxorders.saved_views.lists import SavedList, kept_part
from cxorders.saved_views.models import LONGEST_NAME, LONGEST_QUERY, SavedView, UsualView

MOST_OWN = 12


class NameMissing(BusinessError):
    code = "view_name_missing"
    zh = "请给视图起个名字。"
    en = "Please give the view a name."


class NameTooLong(BusinessError):
    code = "view_name_too_long"
    zh = "名字最多 {most} 个字。"
    en = "A name has {most} characters at most."


class NameTaken(BusinessError):
    code = "view_name_taken"
    zh = "您已有一个叫“{name}”的视图，请换个名字。"
    en = "You already have a view called “{name}”; choose another name."
    status = 409


class NothingToKeep(BusinessError):
    code = "view_without_filter"
    zh = "现在没有任何筛选条件，先选好条件再保存。"
    en = "No filter is set: choose the filters first, then save."


class FilterTooLong(BusinessError):
    code = "view_filter_too_long"
    zh = "筛选条件太长，保存不下；请去掉一些。"
    en = "The filters are too long to be saved; remove some of them."


class TooManyViews(BusinessError):
    code = "view_limit"
    zh = "最多保存 {most} 个视图，请先删掉不用的。"
    en = "{most} views can be saved; delete one you no longer use first."


class ViewUnknown(BusinessError):
    """A key that is not there, or of somebody else: the answer is the same."""

    code = "view_unknown"
    zh = "没有这个视图，可能已被删除。"
    en = "There is no such view; it may have been deleted."


def clean_name(text: str) -> str:
    """A name without control characters and needless blanks. Raises NameMissing, NameTooLong."""
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not name:
        raise NameMissing(field="name")
    if len(name) > LONGEST_NAME:
        raise NameTooLong(field="name", most=LONGEST_NAME)
    return name


@transaction.atomic
def save_view(one: SavedList, *, name: str, query: str, by: User, at: datetime) -> SavedView:
    """Keep the filters in `query` under `name`. Effects: row; journal.

    NotAllowed, NameMissing, NameTooLong, NameTaken, NothingToKeep, FilterTooLong, TooManyViews.
    """
    if not policy.may_use(by, one):
        raise NotAllowed()
    kept, name = kept_part(one, query), clean_name(name)
    if not kept:
        raise NothingToKeep()
    if len(kept) > LONGEST_QUERY:
        raise FilterTooLong()
    if SavedView.objects.filter(owner=by, list_name=one.code).count() >= MOST_OWN:
        raise TooManyViews(most=MOST_OWN)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(list_name=one.code, owner=by, name=name, query=kept, created_at=at)
    except IntegrityError:
        raise NameTaken(field="name", name=name) from None
    record(view, "view.saved", by=by, at=at, list=one.code, name=name)
    return view


@transaction.atomic
def rename_view(view: SavedView, *, name: str, by: User, at: datetime) -> SavedView:
    """Another name for an own view. Effects: row; journal. NotAllowed, NameMissing, NameTooLong, NameTaken."""
    if not policy.may_change(by, view):
        raise NotAllowed()
    old, name = view.name, clean_name(name)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=name)
    except IntegrityError:
        raise NameTaken(field="name", name=name) from None
    view.name = name
    record(view, "view.renamed", by=by, at=at, list=view.list_name, name=name, before=old)
    return view


@transaction.atomic
def delete_view(view: SavedView, *, by: User, at: datetime) -> None:
    """Give an own view up; whose list opened with it sees all again. Effects: journal; row. NotAllowed."""
    if not policy.may_change(by, view):
        raise NotAllowed()
    record(view, "view.deleted", by=by, at=at, list=view.list_name, name=view.name)
    view.delete()


@transaction.atomic
def share_view(view: SavedView, *, shared: bool, by: User, at: datetime) -> SavedView:
    """Show an own view to the unit `by` acts in and everything below it, or to nobody else. Effects: row; journal.

    People see the filter, never rows outside their own reach. NotAllowed.
    """
    grant = by.active_grant
    if not policy.may_change(by, view) or not policy.may_share(by) or grant is None:
        raise NotAllowed()
    view.unit = grant.unit if shared else None
    view.save(update_fields=["unit"])
    if not shared:
        UsualView.objects.filter(view=view).exclude(user=by).delete()
    record(
        view, "view.shared" if shared else "view.unshared", by=by, at=at, list=view.list_name, name=view.name,
        unit_id=grant.unit_id, company_id=grant.unit.company_id,
    )  # fmt: skip
    return view


@transaction.atomic
def open_with(one: SavedList, view: SavedView | None, *, by: User, at: datetime) -> None:
    """Let the own list open with `view`, or with no filter for None. Effects: row; journal. ViewUnknown."""
    if view is None:
        UsualView.objects.filter(user=by, list_name=one.code).delete()
        record(by, "view.usual_dropped", by=by, at=at, list=one.code)
        return
    if not SavedView.objects.visible_to(by).filter(pk=view.pk, list_name=one.code).exists():
        raise ViewUnknown()
    UsualView.objects.update_or_create(user=by, list_name=one.code, defaults={"view": view})
    record(view, "view.usual_set", by=by, at=at, list=one.code, name=view.name)
