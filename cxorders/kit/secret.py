"""The secret key of an installation that was given none: made once, kept beside the data. Standard library only."""

import os
import secrets
from pathlib import Path


def read_or_create(path: Path, length: int = 50) -> str:
    """Return the secret stored at `path`, making it first if it is missing.

    Safe when several processes start at once: the file appears complete or not at all, and the first one wins.
    The file is readable by its owner only.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_urlsafe(length))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()
