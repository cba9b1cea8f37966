"""Actions about where: places by name or PIN code, and the health centres and hospitals near them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.moments import ZONE
from bot.perform import Acting, performs
from flows import actions, asha_actions
from nlu.places import pin_code, slips, stretches
from storage import places
from storage.gazetteer.find import find_places, of_pin
from storage.gazetteer.places import seat
from storage.nearest import FreeSpoke, nearest_with_first
from storage.records import Place, Spoke

PLACES_SHOWN = 6
SPOKES_SHOWN = 4
PINS_OF_THE_STATE = ("70", "71", "72", "73", "74")


@performs(actions.FindPlaces)
def _find_places(acting: Acting, action: actions.FindPlaces) -> Any:
    return look_up(acting.s, action.text, action.within)


def look_up(s: Connection, text: str, within: str | None = None) -> dict[str, Any]:
    """The places that a text names, as flows know them (flows.actions.FindPlaces)."""
    pin = pin_code(text)
    found = _of_pin(s, pin, text) if pin else _which(s, text, within)
    unknown = {"code": int(pin), "in_state": pin.startswith(PINS_OF_THE_STATE)} if pin and not found else None
    near_misses = [] if found or pin else find_places(s, slips(text))
    shown = [_place(place) for place in (found or near_misses)[:PLACES_SHOWN]]
    return {"places": shown, "more": len(found[PLACES_SHOWN:]), "sure": not near_misses, "pin": unknown}


def _of_pin(s: Connection, pin: str, text: str) -> list[Place]:
    """The post office of the PIN that is named beside it, else the one that delivers."""
    offices = of_pin(s, pin)
    named = {place.id for place in find_places(s, stretches(text))}
    return [office for office in offices if office.id in named] or offices[:1]


def _which(s: Connection, text: str, within: str | None) -> list[Place]:
    """What the text names; where it says which of several places was meant before, that one."""
    if within is not None:
        before = {place.id for place in find_places(s, stretches(within))}
        told = find_places(s, stretches(f"{within}, {text}"))
        if told and len(told) < len(before) and before.issuperset(place.id for place in told):
            return told
    return find_places(s, stretches(text))


@performs(actions.NearestSpokes)
def _nearest_spokes(acting: Acting, action: actions.NearestSpokes) -> Any:
    at = (action.lat, action.lon)
    if action.specialty is None:
        return [_spoke(spoke) for spoke in places.nearest_spokes(acting.s, *at, None, SPOKES_SHOWN)]
    until = acting.now + timedelta(days=action.within_days)
    near = nearest_with_first(acting.s, *at, action.specialty, acting.now, until, SPOKES_SHOWN, action.urgent)
    return [_with_first(one, acting) for one in near]


@performs(actions.LastSpoke)
def _last_spoke(acting: Acting, _action: actions.LastSpoke) -> Any:
    spoke = places.last_spoke(acting.s, acting.chat) or _her_spoke(acting)
    return _spoke(spoke) if spoke else None


def _her_spoke(acting: Acting) -> Spoke | None:
    """An ASHA worker's own centre."""
    area = acting.account.area if acting.account and acting.account.role == "asha" else None
    return places.spoke(acting.s, area) if area else None


@performs(actions.NearestEmergency)
def _nearest_emergency(acting: Acting, action: actions.NearestEmergency) -> Any:
    return _hospital(acting, action.lat, action.lon)


@performs(asha_actions.NearHospital)
def _near_hospital(acting: Acting, _action: asha_actions.NearHospital) -> Any:
    spoke = _her_spoke(acting)
    return _hospital(acting, spoke.lat, spoke.lon) if spoke else None


def _hospital(acting: Acting, lat: float, lon: float) -> Any:
    found = places.nearest_emergency(acting.s, lat, lon, 1)
    return {"name": _both(found[0].name_bn, found[0].name_en), "km": _km(found[0].km)} if found else None


def _place(place: Place) -> dict[str, Any]:
    of_block = seat(place.district_id, place.block) if place.block else None
    return {
        "id": place.id, "name": _both(place.name_bn, place.name_en),
        "district": _both(place.district_bn, place.district_en),
        "block": _both(of_block.name_bn if of_block else None, place.block) if place.block else None,
        "pin": place.pin, "lat": place.lat, "lon": place.lon,
    }  # fmt: skip


def _with_first(one: FreeSpoke, acting: Acting) -> dict[str, Any]:
    first = one.first and one.first.starts_at.astimezone(ZONE).isoformat(timespec="minutes")
    told = {"soon": first, "now": acting.now.isoformat()} if first else None
    return _spoke(one.spoke) | {"first": told, "stands_in": bool(one.first and one.first.stands_in)}


def _spoke(spoke: Spoke) -> dict[str, Any]:
    return {"id": spoke.id, "name": _both(spoke.name_bn, spoke.name_en), "km": _km(spoke.km)}


def _km(km: float | None) -> float:
    return round(km or 0.0, 1)


def _both(bn: str | None, en: str) -> dict[str, str]:
    return {"bn": bn or en, "en": en}
