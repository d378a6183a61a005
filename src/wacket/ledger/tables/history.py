"""Tables about what is kept of readings: for how long, and which clusters were found in it."""

from sqlalchemy import Column, Float, ForeignKey, Integer, LargeBinary, Table, Text

from wacket.ledger.tables.base import metadata

cluster_results = Table(
    "cluster_results",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("sample", Integer, nullable=False),
    Column("bandwidth", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("clusters", Text, nullable=False),  # JSON list
    Column("centres", LargeBinary),
)

cluster_points = Table(  # some points of the newest result, to be drawn
    "cluster_points",
    metadata,
    Column("result", Integer, ForeignKey("cluster_results.id", ondelete="CASCADE"), primary_key=True),
    Column("points", LargeBinary, nullable=False),
    Column("labels", LargeBinary, nullable=False),
)

retention = Table(
    "retention",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("match", Text, nullable=False, unique=True),  # NODE/NAME glob
    Column("readings_days", Float, nullable=False),  # 0: for ever
    Column("rollup_days", Float, nullable=False),
)
