"""What people keep on the hub for the page: notes, views, preferences, the place."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Integer, nullable=False),
        sa.Column("until", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("node", sa.Integer, sa.ForeignKey("nodes.id")),
        sa.Column("match", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created", sa.Integer, nullable=False),
    )
    op.create_index("notes_at", "notes", ["at"])
    op.create_table(
        "views",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("page", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("person", sa.Integer, sa.ForeignKey("people.id", ondelete="SET NULL")),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
    )
    op.create_index("views_person", "views", ["person"])
    op.create_table(
        "preferences",
        sa.Column("person", sa.Integer, sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "place",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    # A hub that people use already needs no guide for its first run.
    op.execute("insert into place select 'first_run', 'done' where exists (select 1 from people)")
