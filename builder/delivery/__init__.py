"""Bringing built sites to where the world gets them: folders, object storages, and word to CDNs and search engines."""
