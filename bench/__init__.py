"""Benchmarks: each prints seconds, rows a second, peak memory, and the ratio to a peer run beside it."""
