"""Tables of the machines and boards of the place: who they are, how they join, what their streams lack."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from wacket.ledger.tables.base import metadata

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

merged_nodes = Table(  # rows of the history keep the id of `node`, and are `into_node`'s
    "merged_nodes",
    metadata,
    Column("node", Integer, ForeignKey("nodes.id"), primary_key=True),
    Column("into_node", Integer, ForeignKey("nodes.id"), nullable=False),
    Column("name", Text, nullable=False),  # that it had
    Column("at", Integer, nullable=False),
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
