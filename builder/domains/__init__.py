"""Checks of dealers' domains: name servers are asked, our own web server is visited, and what follows is noted."""
