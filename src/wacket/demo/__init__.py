"""Simulated boards that feed a hub over real sockets, and a view of what arrives.

One file per kind of board in `boards/`, found by its name. Knows the hub only from outside, as a board does: it
starts none and is handed the addresses.
"""
