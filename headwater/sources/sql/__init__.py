"""Statements of a draw, made once for every SQL engine; what differs between engines is its `Dialect`."""
