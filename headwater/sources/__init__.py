"""Production systems: read, never written to. Drivers are imported when a source is opened."""
