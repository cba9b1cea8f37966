"""Who signed which text of a protocol: written into its file, and void as soon as another letter of it changes."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import yaml

from flows.datafile import BadData
from flows.protocol import FOLDER, protocols, text_digest

_LINE = re.compile(r"^signed:.*$", re.MULTILINE)
_REGISTRATION = re.compile(r"[\w/ .-]{3,40}")


class CannotSign(ValueError):
    """Why nothing was signed, and what would be right."""


def sign(codes: list[str], name: str, registration: str, on: date, folder: Path = FOLDER) -> list[str]:
    """Sign these protocols as they now stand; the codes that were signed. Raises CannotSign and changes nothing."""
    known = protocols(folder)
    if strange := [code for code in codes if code not in known]:
        raise CannotSign(f"{strange[0]}: no such protocol; `ingit protocols check` lists them")
    if not name.strip() or not _REGISTRATION.fullmatch(registration.strip()):
        raise CannotSign("a name and the registration number of the medical council are needed, as in WBMC 12345")
    for code in codes:
        path = folder / f"{code}.yaml"
        text = path.read_text("utf-8")
        signature = {
            "name": name.strip(), "registration": registration.strip(), "on": on.isoformat(), "text": text_digest(text),
        }  # fmt: skip
        line = yaml.safe_dump(signature, allow_unicode=True, default_flow_style=True, sort_keys=False, width=1000)
        if not _LINE.search(text):
            raise BadData(f"{path}:1: a line `signed: null` is missing. Write it below `version`.")
        before, after = _LINE.split(text, maxsplit=1)
        path.write_text(f"{before}signed: {line.strip()}{after}", "utf-8")
    return codes
