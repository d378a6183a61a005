"""Classes, what is asked of them, and what their hardware says beside its response."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BEFORE = "user, state, hw_command, hw_response, server_analysis, time"


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("created_by", sa.Text, nullable=False),
    )
    op.create_table(
        "class_members",
        sa.Column("class", sa.Integer, sa.ForeignKey("classes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id")),
    )
    op.create_table(
        "class_rounds",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("program", sa.Text, nullable=False),
        sa.Column("timeout", sa.Integer, nullable=False),
        sa.Column("check_text", sa.Text, nullable=False),
    )
    _users()


def _users() -> None:
    """Made anew, so that its SQL is the same in an old file as in a new one."""
    op.rename_table("class_users", "class_users_before")
    op.create_table(
        "class_users",
        sa.Column("user", sa.Text, primary_key=True),
        sa.Column("state", sa.Integer, nullable=False),
        sa.Column("hw_command", sa.Text, nullable=False),
        sa.Column("hw_response", sa.Text, nullable=False),
        sa.Column("server_analysis", sa.Text, nullable=False),
        sa.Column("time", sa.Integer, nullable=False),
        sa.Column("hw_err", sa.Text, nullable=False),
        sa.Column("hw_exit", sa.Integer),
        sa.Column("timeout", sa.Integer, nullable=False),
        sa.Column("round", sa.Integer),
        sa.Column("node", sa.Integer),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("judge", sa.Text, nullable=False),
    )
    op.execute(
        f"insert into class_users ({BEFORE}, hw_err, timeout, command, judge)"
        f" select {BEFORE}, '', 60, '', '' from class_users_before"
    )
    op.drop_table("class_users_before")
