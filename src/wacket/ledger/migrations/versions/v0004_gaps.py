"""Gaps say which lines they mean, so that none is counted twice and what is awaited is known after a crash."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BEFORE = "id, node, stream, kind, since, until, lines, came"


def upgrade() -> None:
    """Made anew, so that its SQL is the same in an old file as in a new one."""
    op.drop_index("gaps_node", "gaps")
    op.rename_table("gaps", "gaps_before")
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
        sa.Column("epoch", sa.Text, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.execute(f"insert into gaps ({BEFORE}, epoch, last) select {BEFORE}, '', -1 from gaps_before")
    op.drop_table("gaps_before")
    op.create_index("gaps_node", "gaps", ["node", "id"])
