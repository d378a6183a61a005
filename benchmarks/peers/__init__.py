"""The peers, installed from Debian by name, each started by us on loopback with a folder and settings of its own."""
