"""The whole hub as one file, and back: what goes in, the archive itself, and the swap when the hub starts.

Backups are made while the hub runs. It knows neither HTTP nor the command line.
"""
