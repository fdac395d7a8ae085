"""Reads a catalogue file into plain values and remembers on which line each of them stands. Pure: bytes in."""

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

Path = tuple[str | int, ...]

PLAIN_TAGS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):
    """Safe YAML in which a date stays the text that was typed, because sections are kept as JSON."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - shape given by PyYAML
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in a file: line (from 1), code of the row or name of the section, and the sentence."""

    line: int
    code: str
    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """One line for a person: `第 231 行 KP-BH-01: …`."""
        if language.startswith("en"):
            return f"line {self.line} {self.code}: {self.en}"
        return f"第 {self.line} 行 {self.code}：{self.zh}"


class Unreadable(Exception):
    """The file is not YAML of the expected shape; nothing of it can be checked."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].in_language("en"))
        self.problems = problems


@dataclass(frozen=True)
class Row:
    """One mapping of the file with its place."""

    document: "Document"
    path: Path
    values: dict[str, Any]

    @property
    def code(self) -> str:
        """The code of the row, or its section and number where it has none."""
        code = self.values.get("code")
        return code if isinstance(code, str) and code else ".".join(str(step) for step in self.path)

    def line(self, *steps: str | int) -> int:
        """Line of a value inside the row, or of the row itself."""
        return self.document.line(*self.path, *steps)

    def problem(self, zh: str, en: str, *steps: str | int) -> Problem:
        """A problem with the value at `steps` of this row."""
        return Problem(self.line(*steps), self.code, zh, en)

    def rows(self, name: str) -> list["Row"]:
        """The mappings of a list inside this row."""
        return self.document.rows(*self.path, name)


@dataclass(frozen=True)
class Document:
    """A whole file: sections as JSON values and the line of every value in it."""

    sections: dict[str, Any]
    sha256: str
    lines: dict[Path, int] = field(default_factory=dict, repr=False)

    def at(self, *path: str | int) -> Any:
        """The value at `path`, None where the file has nothing."""
        value: Any = self.sections
        for step in path:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def line(self, *path: str | int) -> int:
        """Line of the value at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def rows(self, *path: str | int) -> list[Row]:
        """The mappings of the list at `path`; anything else there is left to `checking`."""
        value = self.at(*path)
        items = value if isinstance(value, list) else []
        return [Row(self, (*path, n), item) for n, item in enumerate(items) if isinstance(item, dict)]

    def codes(self, *path: str | int) -> dict[str, int]:
        """Code → line of every row at `path`; the first of equal codes counts."""
        found: dict[str, int] = {}
        for row in self.rows(*path):
            code = row.values.get("code")
            if isinstance(code, str):
                found.setdefault(code, row.line("code"))
        return found


def read(data: bytes) -> Document:
    """The catalogue in `data` (UTF-8 YAML, one mapping of sections). Raises Unreadable with the line."""
    text = _decode(data)
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        reader = _Reader(loader)
        sections = reader.value(node, ()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable([_syntax(mark.line + 1 if mark else 1, str(error.problem or error.context))]) from error
    except yaml.YAMLError as error:
        place = getattr(error, "position", 0) or 0
        raise Unreadable([_syntax(text[:place].count("\n") + 1, getattr(error, "reason", str(error)))]) from error
    finally:
        loader.dispose()
    if reader.problems:
        raise Unreadable(sorted(reader.problems))
    if not isinstance(sections, dict):
        raise Unreadable([_syntax(1, "the file must be one mapping of sections")])
    return Document(sections, hashlib.sha256(data).hexdigest(), reader.lines)


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable([Problem(line, "UTF-8", "文件不是 UTF-8 编码", "the file is not UTF-8")]) from error


def _syntax(line: int, reason: str) -> Problem:
    return Problem(line, "YAML", f"YAML 语法错误（{reason}）", f"YAML syntax error ({reason})")


class _Reader:
    """Turns a YAML node tree into JSON values and notes the lines."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self.seen: set[int] = set()

    def value(self, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 1
        self.lines[path] = line
        if id(node) in self.seen:
            self._refuse(line, path, "不支持锚点和别名（& 与 *）", "anchors and aliases (& and *) are not supported")
            return None
        self.seen.add(id(node))
        if not isinstance(node, yaml.ScalarNode) and node.tag not in PLAIN_TAGS:
            self._refuse(line, path, f"不支持标签 {node.tag}", f"the tag {node.tag} is not supported")
        if isinstance(node, yaml.MappingNode):
            return dict(self._pairs(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, n)) for n, item in enumerate(node.value)]
        value = self.loader.construct_object(node)
        if isinstance(value, float) and not math.isfinite(value):
            self._refuse(line, path, "不是有限的数", "not a finite number")
        return value

    def _pairs(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key, line = str(getattr(key_node, "value", "")), key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                self._refuse(line, path, "字段名必须是普通文字", "a field name must be plain text")
                continue
            if key in first:
                zh = f"字段 {key} 在第 {first[key]} 行已经写过"
                self._refuse(line, path, zh, f"the field {key} was already given in line {first[key]}")
            first.setdefault(key, line)
            yield key, self.value(value_node, (*path, key))
            self.lines[(*path, key)] = line

    def _refuse(self, line: int, path: Path, zh: str, en: str) -> None:
        self.problems.append(Problem(line, ".".join(str(step) for step in path) or "YAML", zh, en))


CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
"""what a code may look like: it stands in URLs and in tables"""
