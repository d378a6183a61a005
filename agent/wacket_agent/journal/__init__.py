"""What stays on the node until the hub has it: the lines of two streams, and the commands that it was told to do.

`store` is the journal, one SQLite file; `streams` brings its lines to the hub, over a link that others hold. systemd's
journal is something else (`logs.journald`). Imports nothing, so that each part can be loaded alone.
"""
