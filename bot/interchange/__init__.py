"""Summaries to and from other systems: FHIR R4 documents (ABDM's OPConsultRecord). docs/interchange.md."""
