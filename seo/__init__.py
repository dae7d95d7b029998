"""What search engines read, as pure functions: no database, no web, no clock (SEO.md)."""
