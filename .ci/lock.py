#!/usr/bin/env python3
"""Renews the lock files from pyproject.toml and package.json, to the newest versions they admit. No address gets in."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = {
    "requirements.lock": ["--no-dev"],
    "requirements-dev.lock": ["--group", "dev"],
    "requirements-node.lock": ["--only-group", "node"],
}


def clean_environment() -> dict[str, str]:
    """Return the environment without any setting that names another package source."""
    return {name: value for name, value in os.environ.items() if not re.match(r"(UV|PIP)_", name)}


def without_funding(lock: Path) -> None:
    """Take the appeals for donations out of package-lock.json: they are the only addresses in it."""
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
    lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    """Write every lock file; return 1 if one holds an address."""
    uv = [str(Path(sys.executable).parent / "uv")]
    subprocess.run([*uv, "--no-config", "lock"], cwd=ROOT, env=clean_environment(), check=True)
    for name, groups in LOCKS.items():
        export = [*uv, "--no-config", "export", "--quiet", "--frozen", "--no-emit-project", "--no-header", *groups]
        subprocess.run([*export, "-o", name], cwd=ROOT, env=clean_environment(), check=True)
    (ROOT / "uv.lock").unlink()
    subprocess.run(["npm", "install", "--package-lock-only", "--ignore-scripts"], cwd=ROOT, check=True)
    without_funding(ROOT / "package-lock.json")
    return addresses()


def addresses() -> int:
    """Print every line of a lock file that holds an address; return 1 if there is one."""
    found = 0
    for name in [*LOCKS, "package-lock.json"]:
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1):
            if "://" in line:
                print(f"{name}:{number}: {line.strip()}")
                found = 1
    return found


if __name__ == "__main__":
    sys.exit(addresses() if "--check" in sys.argv else main())
