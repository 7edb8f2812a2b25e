#!/usr/bin/env bash
# Makes sure that PostgreSQL's programs are on this machine, for the tests: they start a server of their own
# in a temporary folder. As root on Debian it installs the package, else it names the one command to run.
set -euo pipefail

found() {
    command -v initdb >/dev/null && return
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null
}

if found; then exit 0; fi

if ! command -v apt-get >/dev/null; then
    echo "cuntong: the tests need PostgreSQL's initdb, in PATH or under /usr/lib/postgresql/*/bin: install PostgreSQL" >&2
    exit 1
fi
if [ "$(id -u)" -ne 0 ]; then
    echo "cuntong: the tests need PostgreSQL; run once: sudo apt-get install -y postgresql" >&2
    exit 1
fi
echo "cuntong: installing PostgreSQL from the system's packages, for the tests" >&2
{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y postgresql; } >&2 ||
    { echo "cuntong: PostgreSQL could not be installed (see above)" >&2; exit 1; }
found || { echo "cuntong: PostgreSQL was installed, yet initdb is not where it should be" >&2; exit 1; }
