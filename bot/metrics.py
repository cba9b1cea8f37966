"""What is counted, for /metrics. Labels are few and name no person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

RECEIVED = Counter("ingit_received_total", "Messages received and kept", ["channel", "kind"])
REFUSED = Counter("ingit_refused_total", "Actions that whoever asked was not allowed", ["action"])
FLOODS = Counter("ingit_slowed_total", "Times that a chat wrote faster than is read, and waited")
INBOX_WAITING = Gauge("ingit_inbox_waiting", "Messages received and not dealt with")
INBOX_LAG = Gauge("ingit_inbox_lag_seconds", "Age of the oldest message received and not dealt with")
SENT = Counter("ingit_sent_total", "What came of deliveries", ["channel", "kind", "outcome"])
FAILED = Counter("ingit_failed_total", "Notices that ended as dead letters", ["kind", "reason"])
DELAY = Histogram(
    "ingit_outbox_delay_seconds",
    "From a message falling due to its delivery",
    ["priority"],
    buckets=(0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3600),
)
WAITING = Gauge("ingit_outbox_waiting", "Notices that wait, due or not", ["priority"])
DUE = Gauge("ingit_outbox_due", "Notices that are due and not sent", ["priority"])
OLDEST_DUE = Gauge("ingit_outbox_oldest_due_seconds", "For how long the oldest notice has been due", ["priority"])
DEAD = Gauge("ingit_outbox_dead", "Dead letters in the list")
TICK_LAST = Gauge("ingit_tick_last_success_timestamp_seconds", "When a tick last came to its end", ["tick"])
TICK_STILL = Gauge("ingit_tick_still", "1 for a tick that has stopped coming", ["tick"])
CLOCK_JUMPS = Counter("ingit_clock_jumps_total", "Times that the host's clock was set")
DATABASE_AWAY = Counter("ingit_database_away_total", "Times that the database could not be reached", ["where"])
