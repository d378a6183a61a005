"""The hardware of a class: its life cycle (pure), the desk that keeps it, rounds for all of it, and judging answers.

What agents are told to do for a class are jobs of `commands`, which knows no class.
"""
