"""The thin dynamic layer under `/-/` on every host: search, inquiries, views, health. Static pages need none of it."""
