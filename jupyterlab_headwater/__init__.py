"""The Jupyter server extension of Headwater."""
