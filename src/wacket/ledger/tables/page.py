"""Tables of what people keep on the hub for the page: notes, views, preferences, what the place is called."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wacket.ledger.tables.base import metadata

notes = Table(  # what somebody wrote on the time axis
    "notes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Integer, nullable=False),
    Column("until", Integer),  # None: a moment
    Column("text", Text, nullable=False),
    Column("node", Integer, ForeignKey("nodes.id")),  # None: of the whole place
    Column("match", Text, nullable=False, default=""),  # glob over series; empty: all of the node
    Column("author", Text, nullable=False),
    Column("created", Integer, nullable=False),
    Index("notes_at", "at"),
)

views = Table(  # addresses of the page that somebody gave a name
    "views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("page", Text, nullable=False),
    Column("search", Text, nullable=False, default=""),
    Column("shared", Boolean, nullable=False, default=False),
    Column("person", Integer, ForeignKey("people.id", ondelete="SET NULL")),  # whose it is; None: a program's
    Column("author", Text, nullable=False),
    Column("changed", Integer, nullable=False),
    Index("views_person", "person"),
)

preferences = Table(  # how a person wants the page; the page decides what is in it
    "preferences",
    metadata,
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("value", Text, nullable=False),  # JSON object
)

place = Table(  # what this place is: name, kind, first_run
    "place",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
