"""What people ask machines to do: its life cycle (pure), the desk that keeps it, and what it leaves on disk (kept)."""
