"""The command line, run in this process."""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from unittest import mock

from bot.__main__ import main
from tests.driving import KEYS


def ingit(url: str, *arguments: str, lines: str = "", code: int = 0, keys: str = KEYS) -> str:
    """What a command says on this database, with `lines` on standard input; it must end with this exit code."""
    said, ended = io.StringIO(), 0
    with (
        mock.patch.dict(os.environ, {"INGIT_KEYS": keys, "DATABASE_URL": url}),
        mock.patch.object(sys, "argv", ["ingit", *arguments]),
        mock.patch.object(sys, "stdin", io.StringIO(lines)),
        redirect_stdout(said),
        redirect_stderr(said),
    ):
        try:
            main()
        except SystemExit as end:
            ended = int(end.code or 0)
    assert ended == code, said.getvalue()
    return said.getvalue()
