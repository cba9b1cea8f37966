"""The gazetteer: the places of West Bengal that people name when asked where they are."""
