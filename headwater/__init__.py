"""Headwater: which data every number in a notebook came from."""
