"""A one-time link may be a person's, who signs in with it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

BEFORE = "hash, created, expires, used"


def upgrade() -> None:
    """Made anew, so that its SQL is the same in an old file as in a new one."""
    op.rename_table("setup_links", "setup_links_before")
    op.create_table(
        "setup_links",
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("created", sa.Integer, nullable=False),
        sa.Column("expires", sa.Integer, nullable=False),
        sa.Column("used", sa.Integer),
        sa.Column("person", sa.Integer, sa.ForeignKey("people.id", ondelete="CASCADE")),
    )
    op.execute(f"insert into setup_links ({BEFORE}) select {BEFORE} from setup_links_before")
    op.drop_table("setup_links_before")
