"""Tells parts of the hub what has just become durable or known; promises nothing to who does not listen."""
