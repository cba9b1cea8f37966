"""Files of a coordinator's spreadsheet -> hubs, spokes, doctors, rosters and holidays."""
