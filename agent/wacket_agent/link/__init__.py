"""The way to the hub: one connection at a time, what is said at each, and when to try again.

`keeping` has the `Link`, which outlives connections; the rest is below it. Who is at either end is found out in
`trust`, and what goes over the link is kept in `journal`. Imports nothing, so that each part can be loaded alone.
"""
