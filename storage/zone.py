"""The one time zone of the service: UTC inside, Asia/Kolkata for what has a day or an hour."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

KOLKATA = timezone(timedelta(hours=5, minutes=30), "Asia/Kolkata")
"""Fixed since 1945, so no table of zones is needed on the machine."""


def day_of(moment: datetime) -> date:
    """The calendar day in Asia/Kolkata."""
    return moment.astimezone(KOLKATA).date()


def at(day: date, hour: time) -> datetime:
    """The moment of that hour on that day in Asia/Kolkata."""
    return datetime.combine(day, hour, KOLKATA)
