"""Law 4: each store has one writer, and what is durable is told from one place.

That nothing is acknowledged before it is on disk is proved by the kill tests, not by reading source; here is
only what makes that proof possible: one module opens each store, so one module is to be looked at.
"""

import ast

# The call that opens a store → the only places where it may stand
OPENERS = {
    "sqlite3.connect": (
        "src/wacket/history/schema.py",
        "src/wacket/history/salvage.py",  # a copy
        "agent/wacket_agent/journal/database.py",
    ),
    "create_engine": ("src/wacket/ledger/store.py",),
    "duckdb.connect": ("src/wacket/history/",),
}
JOURNAL_OPENER = "wacket.history.schema"
JOURNAL = ("src/wacket/history/journal.py", "src/wacket/history/salvage.py")  # salvage: a new file for a damaged one
TELLER = "src/wacket/intake/"


def reads_only(call):
    """Whether a call says that it will not write."""
    return "mode=ro" in ast.unparse(call) or "read_only=True" in ast.unparse(call)


def opened_elsewhere(source):
    return [
        f"{file.path}:{node.lineno}: {call} belongs in {' or '.join(OPENERS[call])}"
        for file in source
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call)
        for call in OPENERS
        if ast.unparse(node.func) == call or ast.unparse(node.func).endswith("." + call)
        if not file.path.startswith(OPENERS[call]) and not reads_only(node)
    ]


def journal_opened_elsewhere(source):
    """Modules beside the journal that import what opens its file for writing."""
    return [
        f"{file.path}:{node.lineno}: only the journal opens its file"
        for file in source
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ImportFrom) and node.module == JOURNAL_OPENER and file.path not in JOURNAL
        if any(name.name == "connect" for name in node.names)
    ]


def told_elsewhere(source):
    """Places outside the intake that announce batches."""
    return [
        f"{file.path}:{node.lineno}: only the intake tells of batches, after the journal has them"
        for file in source
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "publish_nowait"
        if node.args and ast.unparse(node.args[0]) == "'batches'"
        if not file.path.startswith(TELLER)
    ]


def test_each_store_is_opened_in_one_place(source):
    assert opened_elsewhere(source) == []
    assert journal_opened_elsewhere(source) == []


def test_batches_are_told_by_the_intake_only(source):
    assert told_elsewhere(source) == []


def test_the_named_openers_are_real(source):
    calls = {ast.unparse(node.func) for file in source for node in ast.walk(file.tree) if isinstance(node, ast.Call)}
    assert [call for call in OPENERS if not any(known.endswith(call) for known in calls)] == []


def test_a_second_opener_is_found(sample):
    assert opened_elsewhere([sample("sqlite3.connect('journal.db')\n", "src/wacket/api/series.py")])
    assert not opened_elsewhere([sample("sqlite3.connect('journal.db')\n", "src/wacket/history/schema.py")])
    assert not opened_elsewhere([sample("sqlite3.connect('file:x?mode=ro', uri=True)\n", "src/wacket/cli/x.py")])


def test_a_second_journal_is_found(sample):
    opener = "from wacket.history.schema import connect\n"
    assert journal_opened_elsewhere([sample(opener, "src/wacket/history/sealer.py")])
    assert not journal_opened_elsewhere([sample(opener, JOURNAL[0])])


def test_a_second_teller_is_found(sample):
    assert told_elsewhere([sample("bus.publish_nowait('batches', x)\n", "src/wacket/doors/tcp.py")])
    assert not told_elsewhere([sample("bus.publish_nowait('nodes', x)\n", "src/wacket/doors/tcp.py")])
