"""Where the house stands and what it is made of: shared by the architecture tests."""

import importlib
import tomllib
from pathlib import Path

from cxorders.celery import ROOMS

ROOT = Path(__file__).resolve().parents[2]


def sources() -> list[Path]:
    """Every Python file of the product, migrations left out."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def module_of(path: Path) -> str:
    """The dotted name of a source file."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def import_everything() -> None:
    """Import every module of the product, so that every class of it is known."""
    for path in sources():
        if path.name not in ("wsgi.py", "asgi.py"):
            importlib.import_module(module_of(path))


def templates() -> list[Path]:
    """Every template of the product."""
    return sorted((ROOT / "templates").rglob("*.html")) + sorted((ROOT / "templates").rglob("*.txt"))


def rooms() -> list[list[str]]:
    """Capabilities from floor to roof as the import contracts of pyproject.toml order them, one list per room."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = {contract["id"]: contract["layers"] for contract in contracts if contract["type"] == "layers"}
    order = []
    for room in ROOMS:
        names = [name.strip("() ") for layer in reversed(layers["floor" if room == "cxorders" else room])
                 for name in layer.split(":")]  # fmt: skip
        order.append([f"{room}.{name}" for name in names if (ROOT / room / name).is_dir()])
    floor, roof = order[0], ["cxorders.web", "cxorders.demo", "cxorders.api", "cxorders.management"]
    return [[name for name in floor if name not in roof], *order[1:], [name for name in floor if name in roof]]


def ranks() -> dict[str, int]:
    """Capability → its height; what is higher may know what is lower."""
    return {name: rank for rank, name in enumerate(name for room in rooms() for name in room)}


def capability_of(dotted: str) -> str:
    """`touchpoints.orders.models` → `touchpoints.orders`."""
    return ".".join(dotted.split(".")[:2])
