"""What an import did, in words for a coordinator."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bot.importing.load import Report, Wish
from bot.importing.sheet import Refused
from storage.roster_changes import Concerned
from storage.zone import KOLKATA

SHOWN = 20
"""Sessions that stay and are listed one by one."""


def said(file: Path, report: Report, wish: Wish) -> Iterator[str]:
    """Every refused line, then what was done, then whom it concerns."""
    yield from (f"{file}:1: {note}" for note in report.notes)
    yield from (_refused(file, refused) for refused in report.refused)
    counts = f"{report.new} new, {report.changed} changed, {report.same} as before"
    counts += f", {report.removed} taken out" if report.removed else ""
    lines = len({refused.line for refused in report.refused})
    refused = f"; {lines} {'line' if lines == 1 else 'lines'} refused" if lines else ""
    yield f"{file}: {counts}{refused}. {_done(report, wish)}".rstrip()
    if report.sessions:
        yield f"Sessions made with their windows: {report.sessions}."
    yield from _followed(report)


def _refused(file: Path, refused: Refused) -> str:
    column = f"{refused.column}: " if refused.column else ""
    return f"{file}:{refused.line}: {column}{refused.wrong}; {refused.mend}"


def _done(report: Report, wish: Wish) -> str:
    if wish.dry_run:
        return "Dry run: nothing was written."
    if wish.strict and report.refused:
        return "Nothing was loaded, for --strict allows no refused line."
    if report.refused and not report.new + report.changed + report.removed + report.same:
        return "Nothing was loaded. Mend the file and run the same command again."
    if report.refused:
        return "The other lines are loaded. Mend these and run the same command again."
    return ""


def _followed(report: Report) -> Iterator[str]:
    followed = report.followed
    if followed.removed or followed.made:
        yield f"Sessions without bookings follow: {followed.removed} taken out, {followed.made} made."
    if not followed.concerned:
        return
    people = sum(session.people for session in followed.concerned)
    yield (
        f"{len(followed.concerned)} sessions no longer fit and stay as they were, with bookings or changed by hand: "
        f"{people} people. To re-plan them: ingit sessions close ID (--help)"
    )
    yield from map(_session, followed.concerned[:SHOWN])
    if more := len(followed.concerned) - SHOWN:
        yield from [f"  and {more} more"] if more > 0 else []


def _session(session: Concerned) -> str:
    starts = session.starts_at.astimezone(KOLKATA)
    where = f"{session.doctor_id} at {session.hub_id}"
    return f"  session {session.session_id}: {starts:%Y-%m-%d %H:%M}, {where}, people: {session.people}"
