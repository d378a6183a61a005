"""The command line of the agent. A file of this folder whose name `line.py` knows is a command.

Each has `add(parser)` for its options and `call(options)` for the work, and raises `Failed` with what to do. `run` is
apart. Imports nothing, as that would be in the memory of every process that watches a program.
"""
