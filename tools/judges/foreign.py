"""Judges that are programs of other people: the Nu checker, html-validate, csstree, linkinator and Adobe's
validator of rich results."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any

from tools.judges.report import Verdict
from tools.judges.trees import Site

HERE = Path(__file__).resolve().parent
VNU = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"


def missing(*programs: str) -> str:
    """Say in one line what has to be installed before these programs can run; empty when nothing is missing."""
    packages = {"java": "default-jre-headless", "node": "nodejs", "npm": "npm", "chromium": "chromium"}
    absent = [program for program in programs if not shutil.which(program)]
    if absent:
        return f"{', '.join(absent)} not on the PATH: apt-get install {' '.join(packages[name] for name in absent)}"
    return "" if (HERE / "node_modules").is_dir() else "no node_modules: run `npm ci` in tools/judges"


def install() -> str:
    """Run `npm ci` unless the lock's packages are there already; return what went wrong, or an empty text."""
    if not shutil.which("npm"):
        return "npm not on the PATH: apt-get install nodejs npm"
    lock, installed = HERE / "package-lock.json", HERE / "node_modules/.installed-lock"
    if installed.is_file() and installed.read_bytes() == lock.read_bytes():
        return ""
    run = subprocess.run(["npm", "ci"], cwd=HERE, capture_output=True, text=True, check=False)
    if run.returncode:
        return f"npm ci failed: {run.stderr.strip()[-400:]}"
    installed.write_bytes(lock.read_bytes())
    return ""


def nu(sites: list[Site]) -> Verdict:
    """Errors of the Nu HTML checker on every page, style sheet and SVG (F3: none)."""
    verdict = Verdict("nu", skipped=missing("java"))
    for site in [] if verdict.skipped else sites:
        options = ["--errors-only", "--also-check-css", "--also-check-svg", "--skip-non-html", "--stdout"]
        run = _run(["java", "-Xss4m", "-jar", str(VNU), *options, "--format", "json", str(site.root)])
        for message in _read(run)["messages"]:
            page = site.path_of(Path(message["url"].removeprefix("file:")))
            verdict.blame(site.host, page, message["type"], f"line {message.get('lastLine')}: {message['message']}")
        verdict.looked_at += len(site.pages)
    return verdict


def html_validate(sites: list[Site]) -> Verdict:
    """html-validate's second opinion on every page."""
    verdict = Verdict("html", skipped=missing("node"))
    for site in [] if verdict.skipped else sites:
        config = str(HERE / ".htmlvalidate.json")
        # Into a file: what it writes to a pipe is cut off when it exits.
        with NamedTemporaryFile("r", encoding="utf-8") as report:
            options = ["--config", config, "--formatter", f"json={report.name}"]
            run = _run([_bin("html-validate"), *options, f"{site.root}/**/*.html"])
            run.stdout = report.read()
        for result in _read(run):
            for message in result["messages"]:
                where = f"line {message['line']}: {message['message']}"
                verdict.blame(site.host, site.path_of(Path(result["filePath"])), message["ruleId"], where)
        verdict.looked_at += len(site.pages)
    return verdict


def css(sites: list[Site]) -> Verdict:
    """csstree's check of every style sheet against the CSS specifications' value grammars."""
    verdict = Verdict("css", skipped=missing("node"))
    for site in [] if verdict.skipped else sites:
        verdict.looked_at += len(list(site.root.rglob("*.css")))
        run = _run([_bin("csstree-validator"), str(site.root), "--reporter", "json"])
        # Its report goes to the error stream, and there is none when all is well.
        run.stdout = run.stderr
        for entry in _read(run) if run.stdout.strip() else []:
            if entry["message"] == "Unknown at-rule descriptor `margin`":
                continue  # csstree does not know that @page takes margins (CSS Paged Media §7)
            where = f"line {entry['line']}: {entry['message']} {entry['details'] or ''}"
            verdict.blame(site.host, site.path_of(Path(entry["name"])), "invalid CSS", where)
    return verdict


def linkinator(sites: list[Site]) -> Verdict:
    """Follow every link from the home page as linkinator does; public addresses and the live layer are left out."""
    verdict = Verdict("linkinator", skipped=missing("node"))
    options = [
        "--recurse",
        "--check-css",
        "--verbosity",
        "info",
        "--concurrency",
        "20",
        "--retry-errors",
        "--format",
        "json",
    ]
    for site in [] if verdict.skipped else sites:
        # It serves the tree itself, on a port of localhost; the marketplace's public addresses may be there too.
        elsewhere = ["--skip", r"^(?!http://localhost:\d+/)", "--skip", r"^http://localhost:\d+/-/"]
        elsewhere += ["--skip", f"^{re.escape(site.origin)}/"] if site.origin else []
        links = _read(_run([_bin("linkinator"), ".", *options, *elsewhere], cwd=site.root))["links"]
        verdict.looked_at += sum(link["state"] != "SKIPPED" for link in links)
        for link in links:
            if link["state"] == "BROKEN":
                page = "/" + re.sub(r"^https?://[^/]+/|^\./?", "", link.get("parent") or "")
                verdict.blame(site.host, page, "broken link", f"{link['url']} answered {link.get('status')}")
    return verdict


def rich_results(sites: list[Site]) -> Verdict:
    """The rules for rich results (Product, Offer, BreadcrumbList) on every page, by Adobe's validator."""
    verdict = Verdict("rich", skipped=missing("node"))
    for site in [] if verdict.skipped else sites:
        run = _run(["node", str(HERE / "rich_results.mjs")], stdin="\n".join(map(str, site.pages.values())))
        for finding in _read(run):
            where = site.path_of(Path(finding["file"]))
            verdict.blame(site.host, where, "rich result", f"{finding['message']} {finding['fields']}")
        verdict.looked_at += len(site.pages)
    return verdict


def _bin(name: str) -> str:
    return str(HERE / "node_modules/.bin" / name)


def _run(command: list[str], cwd: Path = HERE, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a judge; its report goes into a file, for Node forgets what a pipe has not taken when it ends."""
    with TemporaryFile("w+", encoding="utf-8") as report:
        run = subprocess.run(
            command, cwd=cwd, input=stdin, stdout=report, stderr=subprocess.PIPE, text=True, check=False
        )
        report.seek(0)
        return subprocess.CompletedProcess(command, run.returncode, report.read(), run.stderr)


def _read(run: subprocess.CompletedProcess[str]) -> Any:
    """Read a judge's JSON; a judge that says something else has failed, and its words are the reason."""
    try:
        return json.loads(run.stdout)
    except ValueError as error:
        words = f"{run.stderr.strip()[-800:]} {run.stdout.strip()[-200:]}"
        raise RuntimeError(f"{Path(run.args[0]).name} gave no report: {words}") from error
