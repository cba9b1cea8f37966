"""The documents of a payload, made when they are sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.documents.make import calendar_ics, mydata_json, mydata_pdf, summary_pdf, token_card_png
from flows.heard import Language


def paper(lang: Language, document: Mapping[str, Any]) -> tuple[str, bytes, str]:
    """File name, content and media type of a document; raises LookupError for a kind there is not."""
    args = document["args"]
    match document["kind"]:
        case "token_card":
            return (
                "token.png",
                token_card_png(lang, args | {"specialty": {"t": f"specialty.{args['specialty']}"}}),
                "image/png",
            )
        case "ics":
            return "token.ics", calendar_ics(lang, args), "text/calendar"
        case "summary_pdf":
            return "summary.pdf", summary_pdf(args), "application/pdf"
        case "mydata_pdf":
            return "mydata.pdf", mydata_pdf(lang, args), "application/pdf"
        case "mydata_json":
            return "mydata.json", mydata_json(args), "application/json"
    raise LookupError(f"there is no document of kind {document['kind']!r}")
