"""The ledger's tables by topic, and nothing else. A change here needs a migration in `ledger/migrations/versions/`.

Times are microseconds since 1970 UTC. Secrets are stored as hashes only.
"""

from wacket.ledger.tables.accounts import audit, people, sessions, setup_links, tokens
from wacket.ledger.tables.base import metadata
from wacket.ledger.tables.fleet import agents, gaps, join_tokens, merged_nodes, nodes, series
from wacket.ledger.tables.history import cluster_points, cluster_results, retention
from wacket.ledger.tables.page import notes, place, preferences, views
from wacket.ledger.tables.school import class_history, class_members, class_rounds, class_users, classes
from wacket.ledger.tables.work import commands, jobs, programs, schedules

__all__ = [
    "agents",
    "audit",
    "class_history",
    "class_members",
    "class_rounds",
    "class_users",
    "classes",
    "cluster_points",
    "cluster_results",
    "commands",
    "gaps",
    "jobs",
    "join_tokens",
    "merged_nodes",
    "metadata",
    "nodes",
    "notes",
    "people",
    "place",
    "preferences",
    "programs",
    "retention",
    "schedules",
    "series",
    "sessions",
    "setup_links",
    "tokens",
    "views",
]
