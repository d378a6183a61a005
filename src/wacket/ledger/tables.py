"""The ledger's tables, and nothing else. A change here needs a migration in `migrations/versions/`.

Times are microseconds since 1970 UTC. Secrets are stored as hashes only.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()

nodes = Table(
    "nodes",
    metadata,
    Column("id", Integer, primary_key=True),  # 1 is the hub itself
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, default="board"),  # machine, board, service, virtual
    Column("state", Text, nullable=False, default="adopted"),  # adopted, pending, retired
    Column("identity", Text, nullable=False, unique=True),  # name:NAME, peer:ADDRESS, token:ID, key:KEY-ID
    Column("tags", Text, nullable=False, default="{}"),
    Column("first_seen", Integer, nullable=False),
    Column("last_seen", Integer, nullable=False),
    Column("last_peer", Text, nullable=False, default=""),
)

series = Table(
    "series",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node", Integer, ForeignKey("nodes.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("labels", Text, nullable=False, default="{}"),  # JSON object, keys sorted
    Column("unit", Text, nullable=False, default=""),
    Column("created", Integer, nullable=False),
    UniqueConstraint("node", "name", "labels"),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),  # admin, operator, viewer, student
    Column("password", Text, nullable=False),  # Argon2id, PHC string
    Column("created", Integer, nullable=False),
    Column("disabled", Boolean, nullable=False, default=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("peer", Text, nullable=False, default=""),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),  # comma-separated: ingest, read, operate, admin
    Column("node", Text, nullable=False, default=""),  # ingest tokens may be bound to one node name
    Column("created", Integer, nullable=False),
    Column("expires", Integer),
    Column("revoked", Integer),
    Column("last_used", Integer),
    Column("created_by", Text, nullable=False, default=""),
)

setup_links = Table(
    "setup_links",
    metadata,
    Column("hash", Text, primary_key=True),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("used", Integer),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", Text, nullable=False),  # person:NAME, token:NAME, owner, user:NAME (class protocol)
    Column("peer", Text, nullable=False, default=""),
    Column("act", Text, nullable=False),
    Column("subject", Text, nullable=False, default=""),
    Column("outcome", Text, nullable=False, default="ok"),
    Column("details", Text, nullable=False, default="{}"),
    Index("audit_at", "at"),
)

agents = Table(  # what is known of a node because an agent runs on it
    "agents",
    metadata,
    Column("node", Integer, ForeignKey("nodes.id"), primary_key=True),
    Column("key", Text, nullable=False, unique=True),  # the node's public key, hexadecimal
    Column("machine", Text, nullable=False, default=""),  # digest of its machine id
    Column("about", Text, nullable=False, default="{}"),  # JSON, as it said last
    Column("presence", Text, nullable=False, default="down"),  # up, off or down, as of `since`
    Column("since", Integer, nullable=False, default=0),
    Column("why", Text, nullable=False, default=""),  # it is pending, or not let in
    Column("joined", Integer, nullable=False),
    Column("token", Integer),  # the join token that it came with
    Index("agents_machine", "machine"),
)

join_tokens = Table(
    "join_tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("hash", Text, nullable=False, unique=True),  # SHA-256 of the secret
    Column("tags", Text, nullable=False, default="{}"),  # JSON; given to every node that joins with it
    Column("accept", Boolean, nullable=False, default=False),  # such nodes need nobody's acceptance
    Column("uses", Integer, nullable=False, default=1),
    Column("used", Integer, nullable=False, default=0),
    Column("created", Integer, nullable=False),
    Column("expires", Integer, nullable=False),
    Column("revoked", Integer),
    Column("created_by", Text, nullable=False, default=""),
)

gaps = Table(  # what a node's streams lack, for the completeness report
    "gaps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("node", Integer, ForeignKey("nodes.id"), nullable=False),
    Column("stream", Text, nullable=False),  # metrics, logs
    Column("kind", Text, nullable=False),  # away (came later), thinned, lost
    Column("since", Integer, nullable=False),  # of the time that the lines are of
    Column("until", Integer),  # None: still so
    Column("lines", Integer, nullable=False, default=0),
    Column("came", Integer),  # when what was missing had come, where it came
    Column("epoch", Text, nullable=False, default=""),  # the numbering that these lines are of
    Column("last", Integer, nullable=False, default=-1),  # number of the last of them
    Index("gaps_node", "node", "id"),
)

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

classes = Table(  # a named set of people, each with their hardware
    "classes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("created", Integer, nullable=False),
    Column("created_by", Text, nullable=False, default=""),
)

class_members = Table(
    "class_members",
    metadata,
    Column("class", Integer, ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
    Column("user", Text, primary_key=True),
    Column("node", Integer, ForeignKey("nodes.id")),  # None: a worker that polls
)

class_rounds = Table(  # what was asked of a class, or of one of its people, at once
    "class_rounds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("actor", Text, nullable=False),
    Column("about", Text, nullable=False),  # the class's name, or the user's
    Column("program", Text, nullable=False),
    Column("timeout", Integer, nullable=False),  # seconds
    Column("check_text", Text, nullable=False, default=""),  # the program that judges the answers
)

class_users = Table(
    "class_users",
    metadata,
    Column("user", Text, primary_key=True),
    Column("state", Integer, nullable=False, default=0),
    Column("hw_command", Text, nullable=False, default=""),
    Column("hw_response", Text, nullable=False, default=""),
    Column("server_analysis", Text, nullable=False, default=""),
    Column("time", Integer, nullable=False),
    Column("hw_err", Text, nullable=False, default=""),
    Column("hw_exit", Integer),  # None where nobody said
    Column("timeout", Integer, nullable=False, default=60),  # seconds that the last program may take
    Column("round", Integer),  # None: requested through /hw_supervisor
    Column("node", Integer),  # whose agent carries the round out; None: a worker that polls
    Column("command", Text, nullable=False, default=""),  # the id of its command there
    Column("judge", Text, nullable=False, default=""),  # who gave the analysis: check, or an actor
)

class_history = Table(
    "class_history",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", Text, nullable=False),
    Column("at", Integer, nullable=False),
    Column("command", Text, nullable=False),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("value", Text, nullable=False, default=""),
    Column("peer", Text, nullable=False, default=""),
    Index("class_history_user", "user", "id"),
)

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

retention = Table(
    "retention",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("match", Text, nullable=False, unique=True),  # NODE/NAME glob
    Column("readings_days", Float, nullable=False),  # 0: for ever
    Column("rollup_days", Float, nullable=False),
)
