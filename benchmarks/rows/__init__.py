"""One file per row of the table in docs/benchmarks.md. Each has `measure(options) -> list[Figure]`; found by name."""
