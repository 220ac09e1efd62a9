"""What the benchmarks share: processes, the contenders, the load, and how results are printed."""
