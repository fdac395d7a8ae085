"""The set-up script: icon sprite, stamps, and problems said in plain words."""

import ast
import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.embedded

ROOT = Path(__file__).parents[2]
ICON = """<svg
  xmlns="http://www.w3.org/2000/svg"
>
  <path stroke="none" d="M0 0h24v24H0z" fill="none" />
  <path d="{}" />
</svg>"""


@pytest.fixture
def setup(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, with a folder of icons of its own."""
    found = importlib.util.spec_from_file_location("setup_script", ROOT / ".ci" / "setup.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    for kind, name in (("outline", "check"), ("outline", "bell"), ("filled", "bell")):
        (tmp_path / kind).mkdir(exist_ok=True)
        (tmp_path / kind / f"{name}.svg").write_text(ICON.format(f"M1 1 {kind} {name}"))
    monkeypatch.setattr(module, "ICON_LIST", tmp_path / "icons.txt")
    monkeypatch.setattr(module, "LOG", tmp_path / "var" / "setup.log")
    return module


def test_the_sprite_holds_the_listed_icons_in_order_without_their_frame(setup: ModuleType, tmp_path: Path) -> None:
    setup.ICON_LIST.write_text("# used by the shell\nbell-filled\ncheck  # done\n\nbell\nbell\n")

    assert setup.icon_sprite(tmp_path).splitlines() == [
        '<svg xmlns="http://www.w3.org/2000/svg">',
        '<symbol id="bell" viewBox="0 0 24 24"><path d="M1 1 outline bell" /></symbol>',
        '<symbol id="bell-filled" viewBox="0 0 24 24" fill="currentColor" stroke="none">'
        '<path d="M1 1 filled bell" /></symbol>',
        '<symbol id="check" viewBox="0 0 24 24"><path d="M1 1 outline check" /></symbol>',
        "</svg>",
    ]


def test_a_name_that_does_not_exist_is_said_by_name(setup: ModuleType, tmp_path: Path) -> None:
    setup.ICON_LIST.write_text("check\nunicorn\nphoenix-filled\n")
    with pytest.raises(setup.Problem) as problem:
        setup.icon_sprite(tmp_path)

    assert "phoenix-filled, unicorn" in str(problem.value)


@pytest.mark.parametrize(
    "words",
    [
        "WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError(...)'",
        "npm error code ECONNREFUSED",
        "npm error code EAI_AGAIN",
        "Temporary failure in name resolution",
    ],
)
def test_an_unreachable_source_is_told_apart_from_other_failures(setup: ModuleType, words: str) -> None:
    with pytest.raises(setup.Problem, match="unreachable"):
        setup.run(["sh", "-c", 'echo "$0"; exit 1', words], setup.PYPI)
    with pytest.raises(setup.Problem, match="installation failed"):
        setup.run(["sh", "-c", "echo no space left on device; exit 1"], setup.PYPI)


@pytest.mark.parametrize(("port", "words"), [("abc", "1 to 65535"), ("0", "1 to 65535"), ("70000", "1 to 65535")])
def test_a_port_that_cannot_be_is_refused_before_anything_is_installed(
    setup: ModuleType, port: str, words: str
) -> None:
    with pytest.raises(setup.Problem, match=words):
        setup.check_port(port)


def test_the_script_can_be_read_by_a_python_that_is_too_old() -> None:
    ast.parse((ROOT / ".ci" / "setup.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_no_lock_file_holds_an_address() -> None:
    locks = ["requirements.lock", "requirements-dev.lock", "requirements-node.lock", "package-lock.json"]

    assert [name for name in locks if "://" in (ROOT / name).read_text(encoding="utf-8")] == []
    assert all("--hash=sha256:" in (ROOT / name).read_text(encoding="utf-8") for name in locks[:3])
