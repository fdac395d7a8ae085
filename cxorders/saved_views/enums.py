"""Words of saved views."""

from django.utils.translation import gettext_lazy as _

VERB_TEXT = {
    "view.saved": _("保存了视图"),
    "view.renamed": _("给视图改了名"),
    "view.deleted": _("删除了视图"),
    "view.shared": _("共享了视图"),
    "view.unshared": _("取消了视图共享"),
    "view.usual_set": _("选了打开先看的视图"),
    "view.usual_dropped": _("不再先看视图"),
}
"""verb of the journal → words for a timeline"""
