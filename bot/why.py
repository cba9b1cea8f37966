"""Why a notice could not be sent, in one of a few words: for counting, and for telling a coordinator."""

from __future__ import annotations

SAID_BY = (
    ("unreachable", ("known to be unreachable", "forbidden", "not found", "deactivated", "peer_id", "write_forbidden")),
    ("uncertain", ("may not have arrived",)),
    ("words", ("not put into words",)),
    ("document", ("documents not made",)),
    ("channel", ("has no channel",)),
    ("away", ("networkerror", "timedout")),
    ("refused", ("badrequest",)),
)
"""The word for each, and what the reason of such a dead letter holds."""
WORDS = (*(word for word, _ in SAID_BY), "other")


def why(reason: str) -> str:
    """The word for a dead letter's reason: one of WORDS."""
    said = reason.lower()
    return next((word for word, signs in SAID_BY if any(sign in said for sign in signs)), "other")
