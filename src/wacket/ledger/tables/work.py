"""Tables of what machines are asked to do."""

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, Table, Text

from wacket.ledger.tables.base import metadata

jobs = Table(  # what a person asked of some nodes at once
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("peer", Text, nullable=False, default=""),
    Column("target", Text, nullable=False),
    Column("spec", Text, nullable=False),  # JSON: all that the envelopes are made of
    Column("digest", Text, nullable=False, default=""),  # SHA-256 of the program
    Column("left_out", Text, nullable=False, default="[]"),  # JSON: nodes that were meant and not asked, and why
    Column("schedule", Integer),  # made by this schedule
    Column("repeats", Integer),  # the job that this one repeats
)

commands = Table(  # a job's part on one node
    "commands",
    metadata,
    Column("id", Text, primary_key=True),
    Column("job", Integer, ForeignKey("jobs.id"), nullable=False),
    Column("node", Integer, ForeignKey("nodes.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("queued", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("sent", Integer),
    Column("started", Integer),
    Column("ended", Integer),
    Column("cancel", Integer),  # when somebody asked for its end
    Column("exit", Integer),
    Column("signal", Integer),
    Column("reason", Text, nullable=False, default=""),
    Column("seconds", Float),
    Column("peak", Integer),
    Column("out", Integer, nullable=False, default=0),
    Column("err", Integer, nullable=False, default=0),
    Column("digest", Text, nullable=False, default=""),  # of its whole answer, for folding equal ones
    Column("killed", Text, nullable=False, default="[]"),
    Column("files", Text, nullable=False, default="[]"),
    Index("commands_job", "job"),
    Index("commands_open", "node", "ended"),
)

programs = Table(  # what people keep to run again
    "programs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("language", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author", Text, nullable=False),
    Column("changed", Integer, nullable=False),
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("author", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Column("target", Text, nullable=False),
    Column("spec", Text, nullable=False),
    Column("every", Integer),  # µs; None: once
    Column("next", Integer),  # None: over
    Column("last", Integer),
    Column("last_job", Integer),
    Column("trouble", Text, nullable=False, default=""),  # why the last time nothing was done
)
