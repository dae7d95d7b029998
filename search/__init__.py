"""Search: what is found (documents), how it is asked (query), and who answers (index, embedded)."""
