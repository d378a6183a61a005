"""Measures the hub, alone (`python -m benchmarks.ours`) and beside peers (`python -m benchmarks.peers`)."""
