"""Nodes that were merged into others; seats of a class."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The members are made anew, so that their SQL is the same in an old file as in a new one."""
    op.create_table(
        "merged_nodes",
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id"), primary_key=True),
        sa.Column("into_node", sa.Integer, sa.ForeignKey("nodes.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Integer, nullable=False),
    )
    op.rename_table("class_members", "class_members_before")
    op.create_table(
        "class_members",
        sa.Column("class", sa.Integer, sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id")),
        sa.Column("seat", sa.Text, nullable=False),
    )
    op.execute("""insert into class_members select "class", "user", node, '' from class_members_before""")
    op.drop_table("class_members_before")
