"""Writing versions as files for other programs."""
