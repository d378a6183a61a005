"""Agents, the tokens they join with, and what people have them do."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _agents()
    _commands()


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id"), primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("machine", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("presence", sa.Text, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("joined", sa.Integer, nullable=False),
        sa.Column("token", sa.Integer),
    )
    op.create_index("agents_machine", "agents", ["machine"])
    op.create_table(
        "join_tokens",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("hash", sa.Text, nullable=False, unique=True),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("accept", sa.Boolean, nullable=False),
        sa.Column("uses", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.Column("revoked", sa.Integer),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    op.create_table(
        "gaps",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id"), nullable=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("since", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("lines", sa.Integer, nullable=False),
        sa.Column("came", sa.Integer),
    )
    op.create_index("gaps_node", "gaps", ["node", "id"])


def _commands() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("peer", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("left_out", sa.Text, nullable=False),
        sa.Column("schedule", sa.Integer),
        sa.Column("repeats", sa.Integer),
    )
    op.create_table(
        "commands",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("job", sa.Integer, sa.ForeignKey("jobs.id"), nullable=False),
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id"), nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("queued", sa.Integer, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.Column("sent", sa.Integer),
        sa.Column("started", sa.Integer),
        sa.Column("ended", sa.Integer),
        sa.Column("cancel", sa.Integer),
        sa.Column("exit", sa.Integer),
        sa.Column("signal", sa.Integer),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("seconds", sa.Float),
        sa.Column("peak", sa.Integer),
        sa.Column("out", sa.Integer, nullable=False),
        sa.Column("err", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("killed", sa.Text, nullable=False),
        sa.Column("files", sa.Text, nullable=False),
    )
    op.create_index("commands_job", "commands", ["job"])
    op.create_index("commands_open", "commands", ["node", "ended"])
    op.create_table(
        "schedules",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("spec", sa.Text, nullable=False),
        sa.Column("every", sa.Integer),
        sa.Column("next", sa.Integer),
        sa.Column("last", sa.Integer),
        sa.Column("last_job", sa.Integer),
        sa.Column("trouble", sa.Text, nullable=False),
    )
