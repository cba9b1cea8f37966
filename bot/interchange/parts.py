"""Finding one's way in a bundle."""

from __future__ import annotations

from typing import Any

from bot.interchange.document import Refused

Resource = dict[str, Any]


class Parts:
    """The resources of a bundle, by type and by reference."""

    def __init__(self, bundle: Resource) -> None:
        entries = [one for one in bundle.get("entry") or () if isinstance(one.get("resource"), dict)]
        if not entries:
            raise Refused("Bundle.entry", "is empty", "a document holds a Composition and what it refers to")
        self.resources: list[Resource] = [one["resource"] for one in entries]
        self._by_url: dict[str, Resource] = {}
        for one in entries:
            resource = one["resource"]
            for url in (one.get("fullUrl"), f"{resource['resourceType']}/{resource.get('id', '')}"):
                if url:
                    self._by_url[url] = resource

    def of(self, kind: str) -> list[Resource]:
        """All of a type, in their order."""
        return [one for one in self.resources if one["resourceType"] == kind]

    def one(self, kind: str) -> Resource:
        """The only one of a type; else Refused."""
        found = self.of(kind)
        if len(found) != 1:
            raise Refused(f"Bundle.entry ({kind})", f"there are {len(found)} of it", "a document here has one")
        return found[0]

    def refers(self, reference: Resource, kind: str | None = None) -> Resource | None:
        """The resource of the bundle that a Reference means, if it is of this type."""
        found = self._by_url.get(str(reference.get("reference") or ""))
        return found if found is not None and kind in (None, found["resourceType"]) else None

    def name(self, resource: Resource) -> str:
        """Where a resource stands, for a message: "MedicationRequest[2]"."""
        kind: str = resource["resourceType"]
        place = next(n for n, one in enumerate(self.of(kind), 1) if one is resource)
        return f"{kind}[{place}]"


def extension(resource: Resource, url: str, value: str = "valueString") -> str | None:
    """The value of an extension, if it is there."""
    found = [one.get(value) for one in resource.get("extension") or () if one.get("url") == url]
    return found[0] if found else None
