#!/usr/bin/env bash
# Builds the programs of AWS clients that test/aws/clients holds, as far as their toolchains and packages can be had, under
# the user's cache folder. Tests skip what is absent. `--all` builds those as well that take minutes.
set -u
cache="${XDG_CACHE_HOME:-$HOME/.cache}/tumbler-test-clients/aws"
programs="$(cd "$(dirname "$0")/.." && pwd)/test/aws/clients"
mkdir -p "$cache"

go_sdk() {
  command -v go >/dev/null || return 0
  (cd "$programs/go" && go build -o "$cache/go/aws" .)
}

python_sdk() {
  command -v python3 >/dev/null || return 0
  [ -x "$cache/python/bin/python" ] || python3 -m venv "$cache/python"
  "$cache/python/bin/pip" install -q boto3 awscli aws-secretsmanager-caching aws-lambda-powertools
}

status=0
for part in go_sdk python_sdk; do
  "$part" || { echo "$part: not built" >&2; status=1; }
done
exit "$status"
