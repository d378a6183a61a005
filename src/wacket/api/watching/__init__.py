"""What a live connection does: what it is asked for, what of that has come, and when that is said. The route: live.py.

It knows nodes, series and lines; of what pages look at beside those it tells only that it has changed.
"""
