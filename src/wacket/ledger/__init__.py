"""The small, changing things: nodes, series names, people, tokens, class states, results. One SQLite file, one writer.

Readings and logs never come here. Each noun has its own module of plain functions that take a connection.
"""
