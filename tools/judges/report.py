"""What a judge says: findings on pages, gathered into one verdict a judge, written as JSON, as text and as a page."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from pathlib import Path

EXAMPLES = 5
"""Places named for each rule in the text report; the JSON and the page have all."""


@dataclass(frozen=True)
class Finding:
    """One fault: `host` and `page` say where (page is the path under the host), `rule` which promise is broken."""

    host: str
    page: str
    rule: str
    detail: str


@dataclass
class Verdict:
    """The answer of one judge. `skipped` says why it could not look; then it has neither passed nor failed."""

    judge: str
    looked_at: int = 0
    findings: list[Finding] = field(default_factory=list)
    figures: dict[str, float | int | str] = field(default_factory=dict)
    table: list[str] = field(default_factory=list)
    skipped: str = ""

    def blame(self, host: str, page: str, rule: str, detail: str) -> None:
        """Note a fault; the detail is cut to what fits a line."""
        self.findings.append(Finding(host, page, rule, " ".join(detail.split())[:300]))

    @property
    def line(self) -> str:
        """The verdict in one line."""
        if self.skipped:
            return f"{self.judge:<11} SKIPPED  {self.skipped}"
        figures = "".join(f"  {name}={value}" for name, value in self.figures.items())
        word = f"{len(self.findings)} faults" if self.findings else "ok"
        return f"{self.judge:<11} {word:<10} {self.looked_at} looked at{figures}"


def write(verdicts: list[Verdict], folder: Path, hosts: Mapping[str, str] | None = None) -> None:
    """Write report.json (everything), report.txt and report.html (tables, then each rule with its places).

    Args:
        verdicts: of the judges.
        folder: is made when it is not there.
        hosts: the theme each judged host wears; those without a finding have their column by it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    everything = json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(everything + "\n", encoding="utf-8")
    worn = dict(hosts or {}) or {finding.host: "" for verdict in verdicts for finding in verdict.findings}
    (folder / "report.txt").write_text("\n".join(_readable(verdicts, worn)) + "\n", encoding="utf-8")
    (folder / "report.html").write_text(_page(verdicts, worn), encoding="utf-8")


def _cell(verdict: Verdict, host: str) -> str:
    """What one judge says of one host: a count of faults, `ok`, or `-` where it could not look."""
    faults = sum(finding.host == host for finding in verdict.findings)
    return "-" if verdict.skipped else str(faults) if faults else "ok"


def _grid(verdicts: Sequence[Verdict], hosts: Mapping[str, str]) -> list[list[str]]:
    """Judge × host × theme, the head first."""
    head = ["judge", *(f"{host} ({theme})" if theme else host for host, theme in hosts.items())]
    return [head, *([verdict.judge, *(_cell(verdict, host) for host in hosts)] for verdict in verdicts)]


def _readable(verdicts: list[Verdict], hosts: Mapping[str, str]) -> list[str]:
    lines = [verdict.line for verdict in verdicts]
    if hosts:
        grid = _grid(verdicts, hosts)
        wide = [max(len(row[column]) for row in grid) for column in range(len(grid[0]))]
        lines += [""] + ["  ".join(cell.ljust(wide[place]) for place, cell in enumerate(row)).rstrip() for row in grid]
    for verdict in verdicts:
        lines += ["", f"{verdict.judge}:", *verdict.table] if verdict.table else []
        for rule, count in Counter(finding.rule for finding in verdict.findings).most_common():
            lines += ["", f"{verdict.judge}: {rule} ({count})"]
            examples = [finding for finding in verdict.findings if finding.rule == rule][:EXAMPLES]
            lines += [f"  {finding.host}{finding.page}: {finding.detail}" for finding in examples]
    return lines


STYLE = """body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem}
table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:.3rem .6rem;text-align:start;vertical-align:top}
.bad{background:#fde2e0}.none{background:#fff3cd}.good{background:#e2f5e5}pre{overflow:auto}"""


def _page(verdicts: Sequence[Verdict], hosts: Mapping[str, str]) -> str:
    head, *rows = _grid(verdicts, hosts)
    table = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    table = f"<tr>{table}<th>looked at</th><th>figures</th></tr>"
    for verdict, row in zip(verdicts, rows, strict=True):
        cells = "".join(f'<td class="{_tone(cell)}">{escape(cell)}</td>' for cell in row[1:])
        figures = verdict.skipped or ", ".join(f"{name} {value}" for name, value in verdict.figures.items())
        tone = "none" if verdict.skipped else "bad" if verdict.findings else "good"
        name = f'<th class="{tone}">{escape(verdict.judge)}</th>'
        table += f"<tr>{name}{cells}<td>{verdict.looked_at}</td><td>{escape(figures)}</td></tr>"
    body = "".join(_section(verdict) for verdict in verdicts)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>What the judges say</title><style>{STYLE}</style>'
        f"<h1>What the judges say</h1><table>{table}</table>{body}</html>\n"
    )


def _tone(cell: str) -> str:
    return {"ok": "good", "-": "none"}.get(cell, "bad")


def _section(verdict: Verdict) -> str:
    if not (verdict.findings or verdict.table):
        return ""
    rows = "".join(
        f"<tr><td>{escape(finding.host + finding.page)}</td><td>{escape(finding.rule)}</td>"
        f"<td>{escape(finding.detail)}</td></tr>"
        for finding in verdict.findings
    )
    found = f"<table><tr><th>page</th><th>rule</th><th>what</th></tr>{rows}</table>" if rows else ""
    figures = f"<pre>{escape(chr(10).join(verdict.table))}</pre>" if verdict.table else ""
    return f"<h2>{escape(verdict.judge)}</h2>{figures}{found}"
