"""Market value: what cars like this one are asked for, and how a price compares (SPEC 54, 92, 93)."""
