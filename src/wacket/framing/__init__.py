"""Bytes into whole frames, bounded and pure: no socket, no clock. What a frame means is for `formats/` to say."""
