"""What is kept on the hub's disk for commands: what jobs send along, what commands say, files that nodes send back.

Who may put something here or have it is decided by whoever asks; this folder knows no jobs and no links.
"""
