"""Why a file cannot be read, in words a person can act on."""

from typing import Any

from cxorders.kit.errors import BusinessError

REFUSALS = {
    "file_empty": ("文件是空的，里面没有数据。", "The file is empty: there is no data in it."),
    "file_too_big": ("文件超过 {most} MB，请分成几份。", "The file is larger than {most} MB. Split it."),
    "old_xls": (
        "这是旧的 .xls 格式（或加了密码）。请在 Excel 里去掉密码，另存为 .xlsx 再上传。",
        "This is the old .xls format, or a file with a password. Save it as .xlsx without a password.",
    ),
    "not_a_table": (
        "这不是 Excel（.xlsx）或 CSV 文件。请从模板开始，或另存为 .xlsx。",
        "This is neither an Excel (.xlsx) nor a CSV file. Begin with the template, or save it as .xlsx.",
    ),
    "damaged": (
        "文件打不开，可能已损坏。请在 Excel 里打开后另存为一份新的 .xlsx。",
        "The file cannot be opened and may be damaged. Open it in Excel and save it as a new .xlsx.",
    ),
    "swells": (
        "文件解开后大得不正常，没有读取。请把数据复制到一份新的表格再上传。",
        "The file unpacks to an abnormal size and was not read. Copy the data into a new workbook.",
    ),
    "encoding_unknown": (
        "认不出文件的文字编码。请另存为 UTF-8 的 CSV 或 .xlsx。",
        "The encoding of the text is unknown. Save it as CSV in UTF-8, or as .xlsx.",
    ),
    "no_header": (
        "没有找到表头：前 {most} 行里没有一行是列名。请把列名放在数据上面的一行。",
        "No heading was found in the first {most} rows. Put the names of the columns in the row above the data.",
    ),
    "header_twice": (
        "列名“{name}”出现了不止一次（第 {first} 列和第 {second} 列），请改掉或删掉一列。",
        "The heading {name} stands twice (columns {first} and {second}). Rename or remove one.",
    ),
    "no_rows": ("表头下面没有数据。", "There is no data below the heading."),
    "too_many_columns": (
        "这份表有 {count} 列，最多 {most} 列。请只留需要的列。",
        "The table has {count} columns; at most {most} are read. Keep only those needed.",
    ),
    "too_many_rows": (
        "这份表有 {count} 行，一次最多 {most} 行。请分成几份。",
        "The table has {count} rows; one file holds at most {most}. Split it.",
    ),
    "too_many_cells": (
        "这份表有 {count} 个格子，一次最多 {most} 个。请减少列，或分成几份。",
        "The table has {count} cells; one file holds at most {most}. Remove columns or split it.",
    ),
    "merged_cells": (
        "表里有合并单元格（{where}），合并的格子只有第一格有值。请取消合并并填满每一格。",
        "There are merged cells ({where}); only the first of them has a value. Unmerge them and fill every cell.",
    ),
}
"""code → Chinese and English sentence"""


class SheetRefused(BusinessError):
    """The file is no table that can be read; `code` says why, one of `REFUSALS`."""

    code = "sheet_unreadable"
    zh = "这个文件读不出来。"
    en = "The file cannot be read."

    def __init__(self, code: str, **values: Any) -> None:
        self.zh, self.en = REFUSALS[code]  # type: ignore[misc]
        self.code = code  # type: ignore[misc]
        super().__init__(field="file", **values)
