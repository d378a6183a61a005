"""Ways in that are not HTTP: each takes bytes from a socket, cuts them into frames and hands them to the intake."""
