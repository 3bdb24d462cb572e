#!/usr/bin/env bash
# Builds the programs of AWS clients that test/aws/clients holds, as far as their toolchains and packages can be had, under
# the user's cache folder. Tests skip what is absent.
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

# Copies the jars that a pom names and compiles the sources beside it.
java_sdk() {
  command -v mvn >/dev/null && command -v javac >/dev/null || return 0
  mvn -q -B -f "$programs/java/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$cache/java/lib" &&
    javac -nowarn -encoding UTF-8 -d "$cache/java/classes" -cp "$cache/java/lib/*" "$programs"/java/src/*.java
}

# Kotlin's compiler comes as a jar as well.
kotlin_sdk() {
  command -v mvn >/dev/null && command -v java >/dev/null || return 0
  local here="$cache/kotlin" jars
  mvn -q -B -f "$programs/kotlin/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$here/lib" &&
    mvn -q -B -f "$programs/kotlin/pom.xml" -Pcompiler dependency:copy-dependencies -DincludeScope=runtime \
      -DincludeGroupIds=org.jetbrains,org.jetbrains.kotlin,org.jetbrains.kotlinx,org.jetbrains.intellij.deps \
      -DoutputDirectory="$here/compiler" || return 1
  jars="$(printf '%s:' "$here"/lib/*.jar)"
  java -cp "$here/compiler/*" org.jetbrains.kotlin.cli.jvm.K2JVMCompiler -no-reflect -no-stdlib -nowarn \
    -cp "$jars" -d "$here/classes" "$programs"/kotlin/src/*.kt
}

status=0
for part in go_sdk python_sdk java_sdk kotlin_sdk; do
  "$part" || { echo "$part: not built" >&2; status=1; }
done
exit "$status"
