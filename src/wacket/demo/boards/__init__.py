"""The kinds of simulated board. A new file here is a new board in `wacket demo`."""
