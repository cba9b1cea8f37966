"""`ingit bench booking`: how many bookings a second, none sold twice, beside rivals in the same run."""
