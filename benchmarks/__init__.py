"""What `make bench` measures: every figure is a ratio of two things that ran in turns on one machine.

A benchmark is a generator function with `@benchmark("name")` that takes a `House` and yields `Figure`s; every module
of this package is loaded. `frame` has what they share, `load` the load generators, `data` the rows.
"""
