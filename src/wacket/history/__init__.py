"""Everything that was ever told to the hub: journal, segments, and the questions to them."""

from wacket.history.store import History

__all__ = ["History"]
