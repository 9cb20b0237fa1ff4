"""Customer data you can trust: clean values, findings, explained duplicates, golden records."""
