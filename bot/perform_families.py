"""Actions of families who are seen together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.moments import ZONE
from bot.perform import Acting, performs, told_person
from bot.perform_booking import booked, with_an_adult
from flows import day_actions
from flows.windows import WINDOWS_ON_A_PAGE
from storage import families, people
from storage.families import NotTogether, Together


@performs(day_actions.Households)
def _households(acting: Acting, _action: day_actions.Households) -> Any:
    told = [told_person(acting, one) for one in people.family(acting.s, acting.chat) if one.name is not None]
    told.sort(key=lambda one: -(one["age_years"] or 0.0))  # the grown ones first, as they are called
    return [{"id": "own", "name": None, "members": told}]


@performs(day_actions.FamilyWindows)
def _family_windows(acting: Acting, action: day_actions.FamilyWindows) -> Any:
    until = acting.now + timedelta(days=action.within_days)
    found = families.family_windows(
        acting.s, action.spoke, action.specialty, action.size, acting.now, until, action.urgent, WINDOWS_ON_A_PAGE
    )
    return [_fit(one) for one in found]


def _fit(fit: Together) -> dict[str, Any]:
    ids = [str(window.window_id) for window in fit.windows]
    first = fit.windows[0]
    return {
        "id": ids[0], "windows": ids, "hub": {"bn": first.hub_bn, "en": first.hub_en},
        "specialty": first.specialty, "stands_in": first.stands_in,
        "starts_at": fit.starts_at.astimezone(ZONE).isoformat(timespec="minutes"),
        "ends_at": fit.ends_at.astimezone(ZONE).isoformat(timespec="minutes"),
    }  # fmt: skip


@performs(day_actions.BookFamily)
def _book_family(acting: Acting, action: day_actions.BookFamily) -> Any:
    windows = [int(window) for window in action.windows]
    members = [(person, decision) for person, decision in action.members]
    for person, _ in members:
        with_an_adult(acting, person)
    made = families.book_family(acting.s, members, windows, action.spoke, acting.chat, acting.key, acting.now)
    if isinstance(made, NotTogether):
        whose = people.person(acting.s, made.person_id).name if made.person_id else None
        return {"refused": made.reason, "name": whose}
    return [booked(acting, one) for one in made]
