"""Why a step of an import is refused."""

from cxorders.kit.errors import BusinessError


class AlreadyHandedIn(BusinessError):
    """The same content again; `number` is the earlier import."""

    code = "import_twice"
    zh = "这份文件已经导入过（{number}），没有再次读取。要重新导入，请先撤销或放弃那一次。"
    en = "This file has been handed in before ({number}) and was not read again. Undo or discard that import first."
    status = 409


class KindUnknown(BusinessError):
    code = "import_kind_unknown"
    zh = "请选择要导入的内容。"
    en = "Choose what to import."


class ColumnsMissing(BusinessError):
    code = "import_columns_missing"
    zh = "还有必填的列没有对上：{names}。"
    en = "Required columns are not matched yet: {names}."


class ColumnTwice(BusinessError):
    code = "import_column_twice"
    zh = "文件里的“{name}”被用了两次，每一列只能对应一项。"
    en = "The column {name} is used twice; each column stands for one thing."


class NothingToLoad(BusinessError):
    code = "import_nothing_to_load"
    zh = "没有一行可以导入。请下载有错的行，改好后重新上传。"
    en = "No row can be loaded. Download the rows with errors, correct them and upload again."


class SomeLoaded(BusinessError):
    code = "import_some_loaded"
    zh = "已有 {count} 行导入，不能放弃；请继续，或撤销。"
    en = "{count} rows are loaded already. Continue or undo the import."


class ReasonMissing(BusinessError):
    code = "import_reason_missing"
    zh = "请写明撤销的原因。"
    en = "Give the reason for the undo."


class Overtaken(Exception):
    """Another worker has moved the mark: this one leaves the batch to it."""
