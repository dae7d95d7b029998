"""robots.txt (SEO.md §11): what crawlers may not fetch, and where the sitemap is."""

AI_CRAWLERS = ("GPTBot", "Google-Extended", "ClaudeBot", "PerplexityBot", "CCBot", "Applebot-Extended")
"""Crawlers that gather text for AI; a store's setting `ai_crawlers` may shut them out."""


def robots(origin: str, *, disallow: tuple[str, ...] = ("/-/",), ai_crawlers: bool = True) -> str:
    """Write robots.txt.

    Args:
        origin: public origin of the host, for the absolute sitemap address.
        disallow: paths nobody should crawl; never styles, scripts or pictures.
        ai_crawlers: False shuts out the crawlers in `AI_CRAWLERS`.
    """
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in disallow), ""]
    if not ai_crawlers:
        lines += [*(f"User-agent: {name}" for name in AI_CRAWLERS), "Disallow: /", ""]
    return "\n".join([*lines, f"Sitemap: {origin}/sitemap.xml", ""])
