#!/bin/sh
# Resolve requirements/*.in into locks with hashes and no addresses. The development lock comes first; the others are
# held to its versions, so that what is tested is what runs.
set -eu
cd "$(dirname -- "$0")/.."
uv=.venv/bin/uv

lock() { # lock NAME PARTS...: requirements/NAME.txt from the .in files of PARTS
    name=$1
    shift
    set -- $(printf 'requirements/%s.in ' "$@")
    [ "$name" = dev ] || set -- "$@" --constraints requirements/dev.txt
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-annotate --no-strip-extras --custom-compile-command "make lock" "$@" --output-file "requirements/$name.txt"
}

lock dev runtime embedded postgres s3 dev
lock runtime runtime
lock production runtime postgres s3
lock demo runtime embedded
