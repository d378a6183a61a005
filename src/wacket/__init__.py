"""Wacket: a hub for a place full of machines. Imports nothing heavy; the version lives here."""

__version__ = "0.1.0"
