"""Who is who, and how each end proves it: signatures, this node's key, the opening of a connection, signed commands.

It has no connection, and what the owner of the machine allows is not asked here. Imports nothing, so that each part can
be loaded alone.
"""
