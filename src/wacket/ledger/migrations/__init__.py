"""The ledger's history of shapes, one file a step in `versions/`. A step, once released, is never changed.

To add one: change the topic in `tables/`, copy the newest file of `versions/` under the next number (`v0002_what.py`),
set `revision` and `down_revision`, write `upgrade`. The test of migrate.py fails until both say the same.
"""
