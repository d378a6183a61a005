"""Retention rules: replaced as a whole, in order, or not at all."""

from __future__ import annotations

import pytest

from wacket.errors import BadRequest
from wacket.ledger import retention
from wacket.ledger.retention import Rule

RULES = [Rule("rig-*/power.*", 30, 0), Rule("temperature", 0.5, 365)]


def put(ledger, rules):
    ledger.write_sync(lambda c: retention.replace(c, rules))


def test_replaces_all_and_keeps_the_order(ledger):
    assert ledger.read(retention.rules) == []
    put(ledger, RULES)
    assert ledger.read(retention.rules) == RULES
    put(ledger, RULES[::-1])
    assert ledger.read(retention.rules) == RULES[::-1]
    put(ledger, [])
    assert ledger.read(retention.rules) == []


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("", 1, 1), "rules[1].match"),
        (Rule("a\0b", 1, 1), "rules[1].match"),
        (Rule("x" * 257, 1, 1), "rules[1].match"),
        (Rule("kept", 1, 1), "rules[1].match"),
        (Rule("*", -1, 1), "rules[1].readings_days"),
        (Rule("*", float("nan"), 1), "rules[1].readings_days"),
        (Rule("*", 1, float("inf")), "rules[1].rollup_days"),
        (Rule("*", 1, 36_501), "rules[1].rollup_days"),
    ],
)
def test_wrong_rule_is_named_and_nothing_changes(ledger, rule, field):
    put(ledger, RULES)
    with pytest.raises(BadRequest) as refused:
        put(ledger, [Rule("kept", 1, 1), rule])
    assert refused.value.field == field
    assert ledger.read(retention.rules) == RULES


def test_too_many_rules(ledger):
    with pytest.raises(BadRequest, match="at most 500"):
        put(ledger, [Rule(str(number), 1, 1) for number in range(501)])
