"""What is counted, for /metrics. Labels are few and name no person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("ingit_received_total", "Messages received and kept", ["channel", "kind"])
SENT = Counter("ingit_sent_total", "What came of deliveries", ["channel", "outcome"])
DELAY = Histogram(
    "ingit_outbox_delay_seconds",
    "From a message falling due to its delivery",
    ["priority"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600),
)
OUTBOX = Gauge("ingit_outbox", "Messages in the outbox by state", ["state"])
DATABASE_AWAY = Counter("ingit_database_away_total", "Times that the database could not be reached", ["where"])
