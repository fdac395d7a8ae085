"""The views of a list as its page shows them."""

from dataclasses import dataclass

from django.db.models import F

from cxorders.organisation.models import User
from cxorders.saved_views.lists import SavedList
from cxorders.saved_views.models import SavedView, UsualView

MOST_SHOWN = 24


@dataclass(frozen=True)
class Shelf:
    """Every view a person sees at one list: own ones first, then shared ones; `usual` is the key of the default."""

    views: list[SavedView]
    usual: int | None

    def one(self, key: int | None) -> SavedView | None:
        """The view `key`, where the person sees it."""
        return next((view for view in self.views if view.pk == key), None)

    def same(self, query: str) -> SavedView | None:
        """The view that filters exactly as `query` does."""
        return next((view for view in self.views if view.query == query), None)


def shelf_of(user: User, one: SavedList) -> Shelf:
    """The views of `user` at a list. Three queries."""
    rows = SavedView.objects.visible_to(user).filter(list_name=one.code).select_related("owner", "unit")
    views = sorted(rows.order_by("name", "pk")[: 4 * MOST_SHOWN], key=lambda view: view.owner_id != user.pk)
    usual = UsualView.objects.filter(user=user, list_name=one.code, view__in=[view.pk for view in views])
    return Shelf(views[:MOST_SHOWN], usual.values_list(F("view_id"), flat=True).first())
