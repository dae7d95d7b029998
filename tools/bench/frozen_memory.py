"""Baseline: a small Flask application over a catalogue in memory, frozen by the stock Frozen-Flask.

python -m tools.bench.frozen_memory CATALOGUE OUT
"""

import sys
import warnings
from pathlib import Path

from flask import Flask, Response, abort, render_template
from flask_frozen import Freezer, MissingURLGeneratorWarning

from tools.bench.catalogue import addresses, read
from tools.bench.pages import TEMPLATES, Pages, dress


def create_app(catalogue: Path, out: Path) -> Flask:
    """Make the application: one route, which looks its page up by address."""
    app = Flask(__name__, template_folder=str(TEMPLATES), static_folder=None)
    app.config.update(FREEZER_DESTINATION=str(out.resolve()), FREEZER_REMOVE_EXTRA_FILES=False)
    dress(app.jinja_env)
    pages = {path: (template, context) for path, template, context in Pages(read(catalogue)).all()}

    @app.get("/", defaults={"path": ""})
    @app.get("/<path:path>")
    def show(path: str) -> Response:
        template, context = pages.get(f"/{path}") or abort(404)
        mimetype = "application/xml" if path.endswith(".xml") else "text/html"
        return Response(render_template(template, **context), mimetype=mimetype)

    return app


def build(catalogue: Path, out: Path) -> int:
    """Freeze the application into `out` and return the number of pages."""
    # The addresses come from one generator, not one an endpoint, which Frozen-Flask takes for an oversight.
    warnings.simplefilter("ignore", MissingURLGeneratorWarning)
    freezer = Freezer(
        create_app(catalogue, out), with_no_argument_rules=False, with_static_files=False, log_url_for=False
    )
    freezer.register_generator(lambda: addresses(read(catalogue)))
    return len(freezer.freeze())


if __name__ == "__main__":
    print(build(Path(sys.argv[1]), Path(sys.argv[2])), "pages")
