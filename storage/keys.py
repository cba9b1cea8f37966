"""Where the keys come from: the environment, or a file that only its owner can read, made at the first start."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from storage.sealed import Keyring, new_key


class UnsafeKeys(Exception):
    """The key file can be read by others."""


def keyring(written: str | None, file: Path) -> Keyring:
    """The ring of `written` (the setting INGIT_KEYS), else of `file`, made with a fresh key if it is not there."""
    if written and written.strip():
        return Keyring(written)
    if not file.exists():
        _make(file)
    if file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise UnsafeKeys(f"{file} can be read by others: chmod 600 {file}")
    return Keyring(file.read_text("utf-8").replace("\n", ","))


def add_key(file: Path, written: str) -> None:
    """Puts a key (`id:base64key`) first in `file`: it seals from the next start. The file is always whole."""
    draft = _draft(file, written + "\n" + (file.read_text("utf-8") if file.exists() else ""))
    os.replace(draft, file)


def _make(file: Path) -> None:
    # Two processes starting at once must not each make a key: the file is whole before one of them gives it its name.
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(file, new_key("k1") + "\n")
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _draft(file: Path, text: str) -> Path:
    """A file beside it, for its owner alone, on the disk before it is named."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with open(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return draft
