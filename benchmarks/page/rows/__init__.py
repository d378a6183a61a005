"""One measurement of the page a file, found by its name: `measure(options)` gives its figures."""
