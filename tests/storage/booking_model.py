"""Booking and the waiting list once more, in plain Python without a database: what the storage's answers must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

HOLD, OFFER, LEAD = timedelta(minutes=5), timedelta(minutes=30), timedelta(minutes=60)
INDIA = timedelta(hours=5, minutes=30)


@dataclass
class Place:
    """A window."""

    id: int
    session: int
    hub: str
    starts: datetime
    ends: datetime
    capacity: int
    reserved: int
    first_token: int
    open: bool = True
    issued: int = 0


@dataclass
class Taken:
    """A booking, known by its key."""

    key: str
    person: str
    place: Place
    status: str
    replaces: str | None = None
    until: datetime | None = None
    token: int | None = None
    ran_out: bool = False
    entry: str | None = None

    @property
    def stands(self) -> bool:
        return self.status == "booked"

    @property
    def passing(self) -> bool:
        return self.status in ("pending", "proposed")


@dataclass
class Entry:
    """Somebody on the waiting list."""

    id: str
    person: str
    joined: datetime
    active: bool = True
    offered: set[int] = field(default_factory=set)


class Clinic:
    """The model. `urgent` names who must be seen within a day. Answers are a Taken, or a word: why not."""

    def __init__(self, places: list[Place], urgent: set[str], now: datetime) -> None:
        self.places = places
        self.urgent = urgent
        self.now = now
        self.all: dict[str, Taken] = {}
        self.entries: dict[str, Entry] = {}

    def book(self, person: str, place: Place, key: str) -> Taken | str:
        return self.all.get(key) or self._take(Taken(key, person, place, "booked"))

    def hold(self, person: str, place: Place, key: str, replaces: str | None) -> Taken | str:
        if key in self.all:
            return self.all[key]
        if replaces and not self.all[replaces].stands:
            return "past"
        for before in [one for one in self.all.values() if one.person == person and one.status == "pending"]:
            if before.place is place and before.until and before.until > self.now:
                before.until, before.replaces = self.now + HOLD, replaces
                return before
            before.status = "cancelled"
        return self._take(Taken(key, person, place, "pending", replaces, self.now + HOLD))

    def confirm(self, key: str) -> Taken | str:
        held = self.all[key]
        if held.stands:
            return held
        if not held.passing or held.until is None or held.until <= self.now:
            return self._anew(held)
        refused = self._in_the_way(held)
        if held.status == "pending" and held.replaces and not self.all[held.replaces].stands:
            refused = "past"
        if not refused and not held.place.open:
            refused = "taken"
        if refused:
            held.status = "cancelled"
            return refused
        return self._booked(held)

    def release(self, key: str) -> bool:
        return self._give_back(key, "pending")

    def cancel(self, key: str) -> bool:
        return self._give_back(key, "pending", "proposed", "booked")

    def change(self, old: str, place: Place, key: str) -> Taken | str:
        if key in self.all:
            return self.all[key]
        if not self.all[old].stands:
            return "past"
        return self._take(Taken(key, self.all[old].person, place, "booked", old))

    def join(self, person: str, id: str) -> None:
        if id not in self.entries:
            self.entries[id] = Entry(id, person, self.now)

    def leave(self, id: str) -> list[int]:
        self.entries[id].active = False
        offers = [one for one in self.all.values() if one.entry == id and one.status == "proposed"]
        for one in offers:
            one.status = "cancelled"
        return [one.place.id for one in offers]

    def accept(self, key: str) -> Taken | str:
        made = self.confirm(key)
        if isinstance(made, Taken) and (entry := self.all[key].entry):
            self.entries[entry].active = False
        return made

    def decline(self, key: str) -> bool:
        return self._give_back(key, "proposed")

    def offer_on(self, place: Place) -> Taken | None:
        if not place.open or self._night() or place.starts < self.now + LEAD or place.hub != "hub-1":
            return None
        for entry in self._line():
            if place.id in entry.offered:
                continue
            made = self._offer(entry, place)
            if made in ("taken", "past"):
                return None
            if isinstance(made, Taken):
                return made
        return None

    def offer_free(self) -> list[Taken]:
        made: list[Taken] = []
        if self._night():
            return made
        for entry in self._line():
            for place in sorted(self.places, key=lambda place: (place.starts, place.id)):
                if not self._offerable(place, entry):
                    continue
                if isinstance(offer := self._offer(entry, place), Taken):
                    made.append(offer)
                    break
        return made

    def expire(self) -> list[int]:
        over = [one for one in self.all.values() if one.passing and one.until and one.until <= self.now]
        for one in over:
            one.status, one.ran_out = "cancelled", True
        return sorted(one.place.id for one in over)

    def taken(self, place: Place) -> int:
        return sum(one.place is place and (one.stands or one.passing) for one in self.all.values())

    def _take(self, wish: Taken) -> Taken | str:
        if why := self._in_the_way(wish):
            return why
        if not self._free(wish.place, wish.person):
            return "taken"
        self.all[wish.key] = wish
        return self._booked(wish) if wish.status == "booked" else wish

    def _booked(self, wish: Taken) -> Taken:
        wish.status, wish.until, wish.token = "booked", None, wish.place.first_token + wish.place.issued
        wish.place.issued += 1
        if wish.replaces and self.all[wish.replaces].stands:
            self.all[wish.replaces].status = "cancelled"
        return wish

    def _anew(self, held: Taken) -> Taken | str:
        key = f"anew:{held.key}"
        if key in self.all:
            return self.all[key]
        if held.entry or held.token is not None or not (held.status == "pending" or held.ran_out):
            return "past"
        held.status = "cancelled"
        if held.replaces and not self.all[held.replaces].stands:
            return "past"
        return self._take(Taken(key, held.person, held.place, "booked", held.replaces))

    def _give_back(self, key: str, *of: str) -> bool:
        if self.all[key].status not in of:
            return False
        self.all[key].status = "cancelled"
        return True

    def _in_the_way(self, wish: Taken) -> str | None:
        if wish.place.ends <= self.now:
            return "past"
        theirs = [
            one.place for one in self.all.values()
            if one.person == wish.person and one.stands and one.key != wish.replaces and one is not wish
        ]  # fmt: skip
        if any(place.session == wish.place.session for place in theirs):
            return "already_booked"
        if any(place.starts < wish.place.ends and wish.place.starts < place.ends for place in theirs):
            return "overlap"
        return None

    def _free(self, place: Place, person: str) -> bool:
        open_to = place.capacity - (0 if person in self.urgent else place.reserved)
        return place.open and place.ends > self.now and self.taken(place) < open_to

    def _line(self) -> list[Entry]:
        offered = {one.entry for one in self.all.values() if one.status == "proposed"}
        waiting = [entry for entry in self.entries.values() if entry.active and entry.id not in offered]
        return sorted(waiting, key=lambda entry: (entry.person not in self.urgent, entry.joined))

    def _offerable(self, place: Place, entry: Entry) -> bool:
        in_time = place.starts >= self.now + LEAD and place.hub == "hub-1"
        return in_time and place.id not in entry.offered and self._free(place, entry.person)

    def _offer(self, entry: Entry, place: Place) -> Taken | str:
        key = f"offer:{entry.id}:{place.id}"
        made = self._take(Taken(key, entry.person, place, "proposed", None, self.now + OFFER, entry=entry.id))
        if isinstance(made, Taken):
            entry.offered.add(place.id)
        return made

    def _night(self) -> bool:
        return not 8 <= (self.now + INDIA).hour < 21
