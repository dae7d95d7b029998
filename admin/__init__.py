"""The admin: what operators and dealers do."""
