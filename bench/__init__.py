"""Measurements against bare libraries and peers: `python -m bench`, or one family, `python -m bench.client_list`."""
