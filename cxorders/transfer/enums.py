"""States of an import, and the table that says which steps exist."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", _("已上传")
    MAPPED = "mapped", _("已对列")
    CHECKING = "checking", _("检查中")
    PREVIEWED = "previewed", _("待导入")
    LOADING = "loading", _("导入中")
    LOADED = "loaded", _("已导入")
    FAILED = "failed", _("已中断")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")
    DISCARDED = "discarded", _("已放弃")


S = BatchState

BATCH_TRANSITIONS: dict[str, frozenset[str]] = {
    S.UPLOADED: frozenset({S.MAPPED, S.DISCARDED}),
    S.MAPPED: frozenset({S.CHECKING, S.DISCARDED}),
    S.CHECKING: frozenset({S.PREVIEWED, S.FAILED}),
    S.PREVIEWED: frozenset({S.LOADING, S.MAPPED, S.DISCARDED}),
    S.LOADING: frozenset({S.LOADED, S.FAILED}),
    S.LOADED: frozenset({S.UNDOING}),
    S.FAILED: frozenset({S.LOADING, S.MAPPED, S.UNDOING, S.DISCARDED}),
    S.UNDOING: frozenset({S.UNDONE, S.LOADED, S.FAILED}),
    S.UNDONE: frozenset(),
    S.DISCARDED: frozenset(),
}

AT_WORK = (S.CHECKING, S.LOADING, S.UNDOING)
"""states in which the worker has something to do"""
TAKEN_BACK = (S.UNDONE, S.DISCARDED)
"""the same file may be handed in again"""

CHUNK = 1_000
"""rows checked or loaded in one transaction; a kind may ask for fewer"""
UNDO_CHUNK = 1_000
"""rows of the file taken back in one transaction"""
TRIES = 3
"""how often the worker begins without getting one chunk further before it gives up"""
SILENCE = 60
"""seconds without a sign of life after which the sweep hands a batch to the worker again"""
MOST_NAMED = 20
"""rows named where an undo is refused"""

VERB_TEXT = {
    "import.uploaded": _("上传了导入文件"),
    "import.mapped": _("对好了列"),
    "import.checked": _("检查了导入文件"),
    "import.started": _("开始导入"),
    "import.loaded": _("导入了数据"),
    "import.failed": _("导入中断"),
    "import.discarded": _("放弃了导入"),
    "import.undo_asked": _("要求撤销导入"),
    "import.undone": _("撤销了导入"),
    "import.undo_refused": _("没有撤销导入"),
    "import.errors_taken": _("下载了有错的行"),
    "import.file_taken": _("下载了导入的原文件"),
    "export.started": _("开始导出"),
    "export.finished": _("导出了数据"),
}
"""verb of the journal → words for a timeline"""
