"""The outside world: the local form and the real form of each protocol side by side."""
