"""Tables of who may come in and of what was done: accounts, sessions, tokens, links, the audit log. Secrets are
stored as hashes only."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text

from wacket.ledger.tables.base import metadata

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
    Column("person", Integer, ForeignKey("people.id", ondelete="CASCADE")),  # signs in with it; null makes an admin
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
