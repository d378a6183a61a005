"""Carrying out commands: at most once, always ended, no byte of their output lost or doubled.

Three parts that any of the others may outlive. The *desk* (desk.py) is in the agent and talks to the hub. The *nursery*
(nursery.py) is a small process that forks runners. A *runner* (runner.py) watches one program. They meet in one folder
for each command, `state/commands/ID`:

    task        what the runner has to do (notes.py)
    claim       who took the command; the runner holds a lock on it as long as it lives (claim.py)
    cancel      somebody wants it ended
    s.*  c.*    what the program wrote, in segments, and what of it was left out (spool.py, segments.py)
    result      how it ended
    work        a fresh working folder
    program.py  what a command of kind python runs
    brought     files to send back

Nothing is imported here, and what runners use imports neither pathlib nor socket, json or typing: each would cost every
runner a megabyte of memory.
"""
