"""The generated secret key: one per installation, whoever comes first."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cxorders.kit.secret import read_or_create

pytestmark = pytest.mark.embedded


def test_it_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "secret_key"
    first = read_or_create(path)

    assert read_or_create(path) == first
    assert len(first) >= 50
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(read_or_create, [tmp_path / "secret_key"] * 64))

    assert len(secrets) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
