"""`ingit eval`: how well it does what it is for, measured on files of examples in a documented form."""
