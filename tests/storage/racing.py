"""Two transactions at once, in the worst order: a step of the first runs, then the whole second, then the rest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from storage.session import Database

LONG = 20.0
"""Seconds after which the second surely will not come; nothing waits for it that long in a good run."""
BLOCKED = 0.3
"""Seconds after which the second is taken to wait for a lock of the first."""


def meanwhile(
    db: Database, patch: pytest.MonkeyPatch, of: Any, step: str, first: Callable[..., Any], second: Callable[..., Any]
) -> tuple[Any, Any]:
    """What `first(s)` and `second(s)` come to when the second runs right after `of.step` in the first.

    Where the first holds a lock that the second needs, the second comes to its end after the first. An exception is a
    result here.
    """
    results: dict[str, Any] = {}
    thread = threading.Thread(target=lambda: results.update(second=_result(db, second)), daemon=True)
    real = getattr(of, step)

    def then(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs)
        if thread.ident is None:
            patch.setattr(of, step, real)
            thread.start()
            thread.join(BLOCKED)
        return result

    patch.setattr(of, step, then)
    results["first"] = _result(db, first)
    assert thread.ident is not None, f"{step} was never reached"
    thread.join(LONG)
    return results["first"], results["second"]


def _result(db: Database, act: Callable[..., Any]) -> Any:
    try:
        return db.call(act)
    except Exception as error:
        return error
