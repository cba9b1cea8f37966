"""`ingit bench notices`: planning a day's notices, sending them, and a reply among them, beside rivals of the run."""
