"""Lines of households as people paste them from a sheet: name, telephone, address. Pure."""

import re
from dataclasses import dataclass

MOST_LINES = 300
_SEPARATOR = re.compile(r"\t|[,，;；|]")


@dataclass(frozen=True)
class HouseholdLine:
    """One line of the paste: what it says, or what is wrong with it (`problem` is a code, see WORDS)."""

    line: int
    name: str = ""
    phone: str = ""
    address: str = ""
    problem: str = ""


def parse(text: str) -> list[HouseholdLine]:
    """The lines of `text` that are not blank, numbered from 1. Columns are parted by tab, comma, semicolon or bar.

    A head line (姓名, 电话, 地址 …) is passed over. Problems: `columns` (not three), `name`, `address` (empty),
    `twice` (the same address once more).
    """
    rows: list[HouseholdLine] = []
    seen: set[str] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        if not raw.strip() or (not rows and _is_head(raw)):
            continue
        parts = [" ".join(part.split()) for part in _SEPARATOR.split(raw.strip(), maxsplit=2)]
        if len(parts) < 3:
            rows.append(HouseholdLine(number, name=" ".join(parts), problem="columns"))
            continue
        name, phone, address = parts
        problem = "name" if not name else "address" if not address else "twice" if address in seen else ""
        seen.add(address)
        rows.append(HouseholdLine(number, name, phone, address, problem))
    return rows


def _is_head(raw: str) -> bool:
    return any(word in raw for word in ("姓名", "户名", "客户名")) or raw.strip().lower().startswith("name")
