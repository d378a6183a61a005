"""One module a revision: vNNNN_what.py, whose `revision` is "NNNN"."""
