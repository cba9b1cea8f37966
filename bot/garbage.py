"""Python's garbage collector, told what stays."""

from __future__ import annotations

import gc


def settle() -> None:
    """What is loaded when a process begins to serve stays loaded: the collector looks at it no more.

    A fifth of the time of planning a day's notices went into looking again and again (`ingit bench notices`).
    """
    gc.collect()
    gc.freeze()
