"""A whole day of the programme, played against a real database through the service's own actions."""
