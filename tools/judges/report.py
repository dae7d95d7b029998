"""What a judge says: findings on pages, gathered into one verdict a judge, written as JSON and as a page to read."""

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path


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


def write(verdicts: list[Verdict], folder: Path) -> None:
    """Write report.json (everything) and report.txt (each rule with a few examples) into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = json.dumps([asdict(verdict) for verdict in verdicts], ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(everything + "\n", encoding="utf-8")
    (folder / "report.txt").write_text("\n".join(_readable(verdicts)) + "\n", encoding="utf-8")


def _readable(verdicts: list[Verdict]) -> list[str]:
    lines = [verdict.line for verdict in verdicts]
    for verdict in verdicts:
        lines += ["", f"{verdict.judge}:", *verdict.table] if verdict.table else []
        for rule, count in Counter(finding.rule for finding in verdict.findings).most_common():
            lines += ["", f"{verdict.judge}: {rule} ({count})"]
            examples = [finding for finding in verdict.findings if finding.rule == rule][:5]
            lines += [f"  {finding.host}{finding.page}: {finding.detail}" for finding in examples]
    return lines
