"""The dependency audit of `make check`, without a network: `python -m tests.dependencies`.

Every package of the locks is pinned with its hashes; what is installed is what is locked; every licence is permissive,
or stands below with the reason. What is known against a version is asked by `pip-audit` (docs/decisions/0008).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-uv.lock", "nlu/rasa/requirements.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)(.*)$")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|ISCL|PSF|Python Software Foundation|Unlicense|Zlib|HPND|MPL|Mozilla Public License|"
    r"PostgreSQL|ZPL|CC0|Public Domain|Dual License|SIL|OFL)\b",
    re.IGNORECASE,
)
COPYLEFT = re.compile(r"\bA?L?GPL|GNU (Affero|Lesser|General|Library)", re.IGNORECASE)
ALLOWED: dict[str, str] = {
    "psycopg": "LGPL-3.0: imported as it is, not changed, and replaceable",
    "psycopg-binary": "LGPL-3.0: as psycopg",
    "python-telegram-bot": "LGPL-3.0: imported as it is, not changed, and replaceable",
}  # fmt: skip
"""Packages under a licence that is not permissive, and why they may be used."""
OURS = {"ingit", "pip", "setuptools", "wheel"}


def locked(text: str) -> dict[str, tuple[str, bool]]:
    """Package -> its version, and whether it has hashes; of a lock file's text."""
    found: dict[str, tuple[str, bool]] = {}
    lines = text.replace("\\\n", " ").splitlines()
    for line in lines:
        if pinned := PINNED.match(line):
            found[plain(pinned[1])] = (pinned[2], bool(HASH.search(line)))
        elif line and line[0] not in "# -":
            found[line] = ("", False)
    return found


def plain(name: str) -> str:
    """A package's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults_of_lock(name: str, text: str) -> Iterator[str]:
    """What is wrong with a lock file."""
    packages = locked(text)
    if not packages:
        yield f"{name}: no package there; make it with uv pip compile --generate-hashes"
    for package, (version, hashed) in packages.items():
        if not version:
            yield f"{name}: {package!r} is not pinned; write package==version with its hashes"
        elif not hashed:
            yield f"{name}: {package} has no hash; make the lock with uv pip compile --generate-hashes"


def faults_of_installed(text: str, installed: dict[str, str]) -> Iterator[str]:
    """What is installed and not as locked: something that no hash vouches for."""
    versions = {package: version for package, (version, _) in locked(text).items()}
    for package, version in installed.items():
        if package not in OURS and versions.get(package) != version:
            yield f"{package} {version} is installed, the lock has {versions.get(package, 'none')}: run make setup"


def licence(found: Distribution) -> str:
    """What a package's metadata says of its licence."""
    meta = found.metadata
    classifiers = [one for one in meta.get_all("Classifier") or () if one.startswith("License ::")]
    whole = str(meta.get("License") or "")
    said = [str(meta.get("License-Expression") or ""), whole.splitlines()[0] if whole else "", *classifiers]
    return "; ".join(one for one in said if one)


def fault_of_licence(package: str, said: str) -> str | None:
    """Why a package may not be used, or None."""
    if package in ALLOWED or package in OURS:
        return None
    if not said:
        return f"{package} does not say its licence: look, and write it into tests/dependencies.py"
    if COPYLEFT.search(said) and not PERMISSIVE.search(said):
        return f"{package} is under {said[:80]}: take another, or write into tests/dependencies.py why it may be used"
    return None if PERMISSIVE.search(said) else f"{package} is under {said[:80]}: look whether that is permissive"


def faults() -> Iterator[str]:
    """Everything that is wrong."""
    for name in LOCKS:
        yield from faults_of_lock(name, (ROOT / name).read_text("utf-8"))
    known = {plain(one.metadata["Name"]): one for one in distributions()}
    versions = {name: one.version for name, one in known.items()}
    yield from faults_of_installed((ROOT / LOCKS[0]).read_text("utf-8"), versions)
    for name, one in sorted(known.items()):
        if fault := fault_of_licence(name, licence(one)):
            yield fault


if __name__ == "__main__":
    wrong = list(faults())
    print("\n".join(wrong), file=sys.stderr)
    sys.exit(bool(wrong))
