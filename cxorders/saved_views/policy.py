"""Who may do what with a saved view."""

from cxorders.organisation.access import may
from cxorders.organisation.models import User
from cxorders.saved_views.lists import SavedList
from cxorders.saved_views.models import SavedView


def may_use(user: User, one: SavedList) -> bool:
    """Open the list at all."""
    return may(user, one.permission)


def may_change(user: User, view: SavedView) -> bool:
    """Rename, share, delete: the owner alone."""
    return view.owner_id == user.pk


def may_share(user: User) -> bool:
    """Share an own view with the own unit and everything below it."""
    return may(user, "view.share")
