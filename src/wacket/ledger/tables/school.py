"""Tables of the classes: who is in them, what was asked of them, where each of them stands."""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text

from wacket.ledger.tables.base import metadata

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
    Column("seat", Text, nullable=False, default=""),  # where they sit, as A1
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
