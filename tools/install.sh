#!/bin/sh
# Fill .venv from a lock of requirements/: `tools/install.sh demo` or `tools/install.sh dev`.
# A stamp with the lock's checksum makes every later call instant, and independent of the network.
set -eu
kind=$1
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
cd "$root"
venv=$root/.venv
python=$venv/bin/python

say() { printf '%s\n' "$*" >&2; }

checksum() { cksum <"requirements/$1.txt"; }

# dev holds everything demo needs, so either stamp will do for a demo.
installed() {
    [ -x "$python" ] && [ -x "$venv/bin/marketplace" ] || return 1
    [ "$(cat "$venv/.installed-dev" 2>/dev/null)" = "$root $(checksum dev)" ] && return 0
    [ "$kind" = demo ] && [ "$(cat "$venv/.installed-demo" 2>/dev/null)" = "$root $(checksum demo)" ]
}

find_python() {
    for name in ${PYTHON:-} python3.13 python3.12 python3.11 python3; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return 0
        fi
    done
    say "Python 3.11 or newer is needed and none was found: install it, or name it with PYTHON=/path/to/python3."
    return 1
}

# Debian's python3 comes without venv; root on a machine with apt can mend that, everybody else is told how.
can_make_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

mend_debian() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
    say "Installing python3-venv…"
    apt-get update -qq >&2 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >&2 || true
}

make_venv() {
    base=$(find_python)
    can_make_venv "$base" || uv --version >/dev/null 2>&1 || mend_debian
    if can_make_venv "$base"; then
        "$base" -m venv --clear "$venv"
    elif uv --version >/dev/null 2>&1; then
        uv venv --quiet --clear --python "$base" "$venv"
    else
        say "$base cannot make a virtual environment: install the package python3-venv (apt-get install python3-venv)."
        return 1
    fi
}

with_uv() {
    uv --version >/dev/null 2>&1 || return 1
    VIRTUAL_ENV=$venv uv pip install --quiet --require-hashes --requirement "requirements/$kind.txt" ||
        { say "uv could not install; trying pip."; return 1; }
}

with_pip() {
    "$python" -m pip --version >/dev/null 2>&1 || "$python" -m ensurepip --default-pip >/dev/null || {
        say "This Python brings no pip: install the package python3-venv (apt-get install python3-venv)."
        return 1
    }
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --requirement "requirements/$kind.txt"
}

# What an editable install would write, without its need for a build tool: the checkout on the path, and the command.
link_checkout() {
    "$python" - "$root" <<'PY'
import sys, sysconfig
from pathlib import Path

root = sys.argv[1]
Path(sysconfig.get_path("purelib"), "marketplace.pth").write_text(root + "\n", encoding="utf-8")
command = Path(sysconfig.get_path("scripts"), "marketplace")
command.write_text(
    f"#!/bin/sh\n'''exec' '{root}/.venv/bin/python' \"$0\" \"$@\"\n' '''\n"
    "import sys\n\nfrom wsgi import main\n\nsys.exit(main())\n",
    encoding="utf-8",
)
command.chmod(0o755)
PY
}

# A virtual environment that was made in another place carries that place in its scripts.
moved() {
    cat "$venv"/.installed-* 2>/dev/null | grep -qv "^$root "
}

installed && exit 0
if moved || ! "$python" -c '' 2>/dev/null; then
    make_venv
fi
say "Installing the locked $kind packages into .venv (about a minute the first time)…"
rm -f "$venv/.installed-$kind"
with_uv || with_pip
link_checkout
printf '%s %s\n' "$root" "$(checksum "$kind")" >"$venv/.installed-$kind"
