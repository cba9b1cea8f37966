"""Blind indexes that follow their value when it is sealed anew. Who rotates imports this; a new one needs a line."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from nlu.names import name_keys
from storage import favourites, members, names
from storage.rotation import reindexes

reindexes("person", "abha")(members.renew_abha)
reindexes("favourite", "content")(favourites.renew)


@reindexes("person", "name")
def _names(s: Connection, told: Mapping[str, str]) -> None:
    names.renew(s, {person_id: name_keys(name) for person_id, name in told.items()})
