#!/usr/bin/env bash
# Installs the clients outside Node that test/clients runs, as far as their runtimes and packages can be had: Python's in
# a virtual environment and the others' files under the user's cache folder, the rest with apt. Tests skip what is absent.
set -u
cache="${XDG_CACHE_HOME:-$HOME/.cache}/tumbler-test-clients"
here="$(cd "$(dirname "$0")/.." && pwd)"
mkdir -p "$cache/java" "$cache/go"
if command -v python3 >/dev/null; then
  [ -x "$cache/python/bin/python" ] || python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install -q psycopg2-binary 'psycopg[binary]' asyncpg sqlalchemy django peewee pgcli
fi
if command -v mvn >/dev/null && [ ! -f "$cache/java/postgresql-42.7.7.jar" ]; then
  mvn -q dependency:copy -Dartifact=org.postgresql:postgresql:42.7.7 -DoutputDirectory="$cache/java"
fi
command -v go >/dev/null && (cd "$here/test/clients/programs/go" && go build -o "$cache/go/clients" .)
if command -v apt-get >/dev/null; then
  sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo -n"
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends \
    ruby ruby-pg libdbd-pg-perl php-cli php-pgsql odbc-postgresql unixodbc libdbd-odbc-perl
fi
# Last, as it takes longest. dbt has an environment of its own because it holds other packages to versions of its choice.
if command -v python3 >/dev/null && [ ! -x "$cache/dbt/bin/dbt" ]; then
  python3 -m venv "$cache/dbt" && "$cache/dbt/bin/pip" install -q 'dbt-core>=1.9,<1.10' dbt-materialize
fi
