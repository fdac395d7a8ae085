"""`make check`: every judgement on the source that needs no test database. `--fix` formats instead of judging."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def templates() -> list[str]:
    """Return every template, relative to the root."""
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "templates").rglob("*.html"))


def steps() -> dict[str, list[str]]:
    """Return the checks in the order they run: name and command line."""
    python = str(BIN / "python")
    return {
        "format": [python, "-m", "ruff", "format", "--check", "--quiet", "."],
        "lint": [python, "-m", "ruff", "check", "--quiet", "."],
        "templates": [str(BIN / "djade"), "--check", "--target-version", "5.2", *templates()],
        "architecture": [str(BIN / "lint-imports"), "--no-cache"],
        "types": [python, "-m", "mypy"],
        "settings": [python, "manage.py", "check", "--fail-level", "WARNING"],
        "migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "translations": [
            python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "tests/architecture/test_translations.py",
        ],
        "lock files": [python, ".ci/lock.py", "--check"],
    }


def fixes() -> dict[str, list[str]]:
    """Return what `make format` runs."""
    python = str(BIN / "python")
    return {
        "lint": [python, "-m", "ruff", "check", "--fix", "--quiet", "."],
        "format": [python, "-m", "ruff", "format", "--quiet", "."],
        "templates": [str(BIN / "djade"), "--target-version", "5.2", *templates()],
    }


def main() -> int:
    """Run all steps, print what the failed ones said, and return how the whole ended."""
    failed = []
    with tempfile.TemporaryDirectory() as var:
        given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        environment = {**given, "CX_VAR_DIR": var}
        for name, command in (fixes() if "--fix" in sys.argv else steps()).items():
            if name == "translations" and shutil.which("xgettext") is None and "CI" not in os.environ:
                print(f"none {name:<13} not judged: xgettext (package gettext) is not installed")
                continue
            began = time.monotonic()
            done = subprocess.run(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            print(
                f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name:<13}{time.monotonic() - began:5.1f} s", flush=True
            )
            if done.returncode:
                failed.append(name)
                print(done.stdout, flush=True)
    if failed:
        print(f"check: failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
