"""Real servers of our own for the protocols of others: what they keep, answer and refuse, over HTTP."""
