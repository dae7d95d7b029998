"""Migrations: one small dated step a file, both ways, tried on SQLite and PostgreSQL (`make check`)."""
