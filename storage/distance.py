"""How far it is, as the crow flies."""

from __future__ import annotations

from math import asin, cos, radians, sin, sqrt

EARTH_KM = 6371.0


def kilometres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """The great-circle distance between two points in degrees (haversine, on a sphere of 6371 km)."""
    north, east = radians(to_lat - lat) / 2, radians(to_lon - lon) / 2
    return 2 * EARTH_KM * asin(sqrt(sin(north) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(east) ** 2))
