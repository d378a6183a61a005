"""Measures the page in headless Chromium against a real hub. One row of the table is one module of `rows`."""
