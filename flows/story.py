"""What has been heard in a conversation so far, over all its messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.condition import NUMBERS
from flows.decide import danger_signs
from flows.findings import measured
from flows.heard import Heard

NO_FACTS = frozenset({"subject", "words", "unclear", "said", "person"})
"""Keys that triage does not look at."""
ABOUT = NO_FACTS | {"?", "sex", "age_years", "duration_days", "known_pregnancy", "recent_delivery"}
"""Keys that are no complaint."""


@dataclass(frozen=True)
class Story:
    """The facts of one flow: finding codes and measures; "?": to be asked about; "subject", "words", "person" (id)."""

    told: dict[str, Any]

    @property
    def facts(self) -> dict[str, Any]:
        """What triage may look at."""
        return {key: value for key, value in self.told.items() if key not in NO_FACTS}

    @property
    def subject(self) -> str | None:
        """Who the writer said is ill: self, child, mother, ..."""
        return self.told.get("subject")

    @property
    def sex(self) -> str | None:
        """The sex that was said."""
        return self.told.get("sex")

    @property
    def has_complaint(self) -> bool:
        """Whether anything that can be triaged was said."""
        found = any(value is True for key, value in self.told.items() if key not in ABOUT)
        measured = any(key in NUMBERS and key not in ABOUT for key in self.told)
        return found or measured or bool(self.told.get("?")) or bool(self.told.get("words"))


def remark(heard: Heard) -> dict[str, Any]:
    """What one message adds to the story; empty if nothing."""
    told = heard.finds()
    if heard.uncertain:
        told["?"] = list(heard.uncertain)
    if heard.subject and not _only_the_sex(heard):
        told["subject"] = heard.subject
    return told


def _only_the_sex(heard: Heard) -> bool:
    """ "মহিলা", "male, 25": what the one who is ill is, not that it is somebody else."""
    return heard.subject == "other" and heard.sex is not None and not heard.present and len(heard.text.split()) <= 2


def merge(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """The story with a later message added: the later word counts, and what is to be asked about adds up.

    What does not fit what was said before (a danger sign that was there and is denied, "no fever" and then 103 °F) is
    left open, to be asked about once.
    """
    asked = before.get("?", ())
    whole = before | after
    odd = at_odds(before, after)
    for code in odd:
        del whole[code]
    doubts = [*asked, *(code for code in (*after.get("?", ()), *odd) if code not in asked)]
    return whole | {"?": doubts} if doubts else whole


def at_odds(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The findings on which these two do not agree so that one must ask; none twice."""
    asked = before.get("?", ())
    denied = [code for code in after if after[code] is False and before.get(code) is True and code in danger_signs()]
    against = [code for code in measured(before | after) if False in (before.get(code), after.get(code))]
    return [code for code in dict.fromkeys([*denied, *sorted(against)]) if code not in asked]
