"""The schedule, for any booking, change and clock: each kind at most once, in time, and by day if it can wait."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import reminders
from flows.datafile import BadData
from flows.notice_answers import what_holds
from flows.notice_words import answers, starts, stops
from flows.reminders import (
    BOOKING_KINDS,
    KINDS,
    ZONE,
    Planned,
    by_day,
    for_booking,
    for_follow_up,
    for_medicines,
    in_quiet_hours,
    key,
    plan,
)
from flows.routes import NOTICES
from flows.texts import PLACEHOLDER, texts

MINUTES = 2 * 365 * 24 * 60
MOMENTS = st.integers(0, MINUTES).map(lambda n: datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(minutes=n))
IDS = st.text("0123456789abcdef", min_size=8, max_size=8)


def booking(id: str, start: datetime) -> dict[str, str]:
    return {"id": id, "starts_at": start.isoformat()}


@given(IDS, MOMENTS, st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=4))
def test_after_any_changes_each_kind_is_due_once_in_time_and_by_day(
    id: str, first: datetime, changes: list[tuple[datetime, datetime]]
) -> None:
    """What is planned for a time is called off by the next change, as the outbox does by `about` and key."""
    outbox: dict[str, Planned] = {}
    for start, now in ((first, first - timedelta(days=3)), *sorted(changes, key=lambda change: change[1])):
        outbox = {name: one for name, one in outbox.items() if one.due <= now}  # what was said; the rest is called off
        for one in for_booking(booking(id, start), {}, now) + for_booking(booking(id, start), {}, now):
            assert now <= one.due < start and one.expires_at is not None and one.due < one.expires_at <= start
            assert not in_quiet_hours(one.due)
            outbox.setdefault(key(one.kind, id, start.isoformat(), "p1"), one)
        waiting = Counter(one.kind for one in outbox.values() if one.due > now)
        assert all(waiting[kind] <= 1 for kind in BOOKING_KINDS)


@given(IDS, MOMENTS)
def test_control_without_quiet_hours_somebody_is_woken(id: str, start: datetime) -> None:
    """The same reckoning with the quiet hours off, for a visit at eight: it would ring at six."""
    early = start.replace(hour=8, minute=30)
    loud = replace(KINDS["two_hours_before"], quiet=False)
    found = reminders.times(loud, early, id)
    assert found is not None and in_quiet_hours(found[0])
    kept = reminders.times(KINDS["two_hours_before"], early, id)
    assert kept is not None and not in_quiet_hours(kept[0]) and kept[0] < early


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if kind.quiet])
@given(IDS, MOMENTS)
def test_whatever_can_wait_waits_for_the_morning_or_is_dropped(name: str, id: str, origin: datetime) -> None:
    found = reminders.times(KINDS[name], origin, id)
    assert found is None or (not in_quiet_hours(found[0]) and (found[1] is None or found[0] < found[1]))


@pytest.mark.parametrize("name", [name for name, kind in KINDS.items() if not kind.quiet and kind.of != "the day"])
def test_what_cannot_wait_goes_in_the_night_too(name: str) -> None:
    night = datetime(2026, 11, 24, 2, tzinfo=ZONE)
    planned = plan(name, night, "b1", {}, night, until=night + timedelta(hours=1))
    assert planned is not None and planned.due == night


@pytest.mark.parametrize(("name", "minutes"), [("evening_before", 15), ("two_hours_before", 5), ("follow_up", 15)])
def test_due_times_of_a_day_are_spread_and_always_the_same(name: str, minutes: int) -> None:
    start = datetime(2026, 11, 25, 14, tzinfo=ZONE)
    kind = KINDS[name]
    found = [reminders.times(kind, start, f"b{n}") for n in range(1000)]
    due = [one[0] for one in found if one]
    assert all(abs(one - kind.due(start)) <= timedelta(minutes=minutes) for one in due)
    assert max(Counter(one.replace(microsecond=0) for one in due).values()) <= 15
    assert found == [reminders.times(kind, start, f"b{n}") for n in range(1000)]


def test_control_without_a_spread_all_fall_on_one_second() -> None:
    kind = replace(KINDS["evening_before"], spread=timedelta(0))
    start = datetime(2026, 11, 25, 14, tzinfo=ZONE)
    assert len({reminders.times(kind, start, f"b{n}") for n in range(1000)}) == 1


def test_the_morning_after_the_quiet_hours_is_spread_too_and_before_its_end() -> None:
    night, end = datetime(2026, 11, 24, 23, tzinfo=ZONE), datetime(2026, 11, 25, 8, 4, tzinfo=ZONE)
    mornings = {by_day(night, f"b{n}", end) for n in range(100)}
    assert len(mornings) == 100
    assert all(datetime(2026, 11, 25, 8, tzinfo=ZONE) <= one < end for one in mornings)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 60), MOMENTS)
def test_follow_ups_come_the_day_before_and_on_the_day(signed: date, days: int, now: datetime) -> None:
    day = signed + timedelta(days=days)
    planned = for_follow_up(day, "c1", {}, now)
    assert len({one.kind for one in planned}) == len(planned)
    reminded = [one for one in planned if one.kind != "follow_up_offer"]
    assert all((day - one.due.date()).days == {"follow_up": 1, "follow_up_today": 0}[one.kind] for one in reminded)
    assert all(one.due >= now for one in planned)


def test_a_course_of_five_days_ends_on_the_fifth_and_is_spoken_of_on_the_fourth() -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=ZONE)
    medicines = [{"days": 5}, {"days": 5}, {"days": 2}, {"days": None}, {"days": 10}]
    planned = for_medicines(medicines, now.date(), "c1", {"name": "Rahim"}, now)
    assert [one.due.day for one in planned] == [26, 1]
    assert planned[0].payload["args"]["date"] == {"date": "2026-11-27"}
    assert planned[0].payload["choices"][0]["id"] == "papers:c1"


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_row_has_its_words_its_buttons_and_nothing_that_shames(kind: reminders.Kind) -> None:
    wording = texts()[kind.text]
    assert all(verb in NOTICES for verb in kind.buttons)
    assert all(one["label"]["t"] in texts() for one in reminders.buttons(kind.buttons, "b1"))
    if kind.name not in ("summary", "summary_corrected"):  # the doctor's paper itself
        assert not set(PLACEHOLDER.findall(wording.bn)) & {"specialty", "complaints", "diagnosis", "hub", "medicines"}


def test_groups_that_can_be_opted_out_of_have_words_and_the_rest_comes_in_any_case() -> None:
    assert {kind.group for kind in KINDS.values()} - {None} == set(reminders.GROUPS)
    assert all(f"notices.{group}" in texts() for group in reminders.GROUPS)
    kept = {name for name, kind in KINDS.items() if kind.group is None}
    assert {"two_hours_before", "near_turn", "moved", "moved_waits", "summary", "call_urgent"} <= kept


@pytest.mark.parametrize(
    ("text", "verb"),
    [
        ("jabo", "coming"), ("Ashbo", "coming"), ("যাবো", "coming"), ("আমি যাব।", "coming"), ("I will come", "coming"),
        ("aste parbo na", "cannot_come"), ("আসতে পারব না", "cannot_come"), ("can't come", "cannot_come"),
        ("kharap lagchhe", "worse"), ("আরও খারাপ লাগছে", "worse"), ("I feel worse", "worse"),
        ("amake phone korun", "call_me"), ("ফোন করুন", "call_me"), ("call me please", "call_me"),
        ("onno din", "change"), ("সময় বদলাব", "change"), ("another day", "change"),
        ("token batil", "cancel_token"), ("টোকেন ছাড়ব", "cancel_token"), ("cancel", "cancel_token"),
        ("poth", "way"), ("পথ", "way"), ("where is it", "way"),
        ("jor hoyeche", None), ("বুকে ব্যথা", None), ("my chest hurts", None), ("", None), ("jabo " * 200, None),
    ],
)  # fmt: skip
def test_answers_in_three_ways_of_writing(text: str, verb: str | None) -> None:
    assert answers(text) == verb


def test_stop_and_start_in_three_ways_of_writing() -> None:
    assert all(stops(text) for text in ("STOP", "stop", "বন্ধ", "message bondho", "মেসেজ বন্ধ", "bondho korun"))
    assert all(starts(text) for text in ("START", "চালু", "chalu koro", "আবার চালু করুন"))
    assert not any(stops(text) or starts(text) for text in ("/stop", "/start", "shwas bondho", "নাক বন্ধ", "jabo"))


def test_a_phrase_of_two_meanings_is_refused_with_its_line(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows import notice_words

    monkeypatch.setattr(notice_words, "_key", lambda text: "the same")
    notice_words._meanings.cache_clear()
    with pytest.raises(BadData, match=r"notice_words\.yaml:\d+: .* too; keep one"):
        notice_words._meanings()
    notice_words._meanings.cache_clear()


def test_times_are_those_of_kolkata_wherever_the_host_is() -> None:
    evening = KINDS["evening_before"].due(datetime.fromisoformat("2026-11-25T04:30+00:00"))
    assert evening == datetime.combine(date(2026, 11, 24), time(18), ZONE)


def test_who_feels_worse_is_asked_the_danger_signs_and_measures_again() -> None:
    then = {"fever": True, "stiff_neck": False, "temperature_c": 38.2, "duration_days": 3, "age_years": 40.0,
            "sex": "female", "known_pregnancy": True}  # fmt: skip
    assert what_holds(then) == {"fever": True, "age_years": 40.0, "sex": "female"}
