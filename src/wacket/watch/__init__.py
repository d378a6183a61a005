"""What the hub works out by itself from what was stored. Heavy mathematics runs in a worker process."""
