"""Measurements against bare libraries and peers: `python -m bench`, or a part, `python -m bench list`."""
