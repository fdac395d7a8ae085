"""Budgets that keep the house readable (DESIGN §2)."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.house import ROOT, module_of, sources, templates

FILE, FUNCTION, TEMPLATE, MEDIAN = 400, 50, 200, 100
REASON = "# long:"
"""a function over the budget says why in a comment that begins like this, on the line above it or on its first line"""


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def too_long(paths: list[Path], limit: int) -> list[str]:
    return [f"{path.relative_to(ROOT)}: {lines_of(path)}" for path in paths if lines_of(path) > limit]


def own_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("*.py"))


def test_no_file_is_longer_than_its_budget() -> None:
    assets = [*(ROOT / "static/css").glob("*.css"), *(ROOT / "static/js").glob("*.js")]

    assert too_long([*sources(), *own_tests(), *assets], FILE) == []


def test_most_files_are_short() -> None:
    assert statistics.median(lines_of(path) for path in sources()) < MEDIAN


def test_no_template_is_longer_than_its_budget() -> None:
    assert too_long(templates(), TEMPLATE) == []


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Explaining is not charged."""
    first = node.body[0]
    is_text = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return (first.end_lineno or first.lineno) - first.lineno + 1 if is_text else 0


def test_long_functions_give_a_reason() -> None:
    silent = []
    for path in [*sources(), *own_tests()]:
        text = path.read_text()
        rows = text.splitlines()
        for node in functions(ast.parse(text)):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            length = (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)
            if length > FUNCTION and not any(REASON in row for row in rows[max(first - 2, 0) : node.lineno]):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {length}")

    assert silent == []


def test_no_import_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in sources()
        if path.name != "apps.py"
        for node in functions(ast.parse(path.read_text()))
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert hidden == []


def imports(path: Path, modules: set[str]) -> set[str]:
    """Modules of the product that `path` imports, each as the most exact one named."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in modules else node.module for name in names}
    return (found & modules) - {module_of(path)}


def test_no_import_cycle() -> None:
    paths = {module_of(path): path for path in sources()}
    graph = {name: imports(path, set(paths)) for name, path in paths.items()}
    done: set[str] = set()
    cycles: list[str] = []

    def visit(name: str, way: list[str]) -> None:
        if name in way:
            cycles.append(" → ".join([*way[way.index(name) :], name]))
        elif name not in done:
            for target in sorted(graph[name]):
                visit(target, [*way, name])
            done.add(name)

    for name in sorted(graph):
        visit(name, [])
    assert cycles == []


def test_no_drawer_for_everything() -> None:
    """Never utils, helpers, common, services, misc."""
    drawers = {"utils", "helpers", "common", "services", "misc", "util", "helper"}

    assert [path for path in [*sources(), *own_tests()] if drawers & {path.stem, *path.relative_to(ROOT).parts}] == []
