"""What people ask machines to do: its life cycle (pure), and the desk that keeps it."""
