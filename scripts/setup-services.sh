#!/usr/bin/env bash
# Installs what some tests use beside Node, where it is missing and the system has apt: PostgreSQL, its client, MariaDB
# and OpenSSH. Nothing is started. Tests whose service is absent skip, and are counted.
set -u
need=()
ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null || need+=(postgresql)
command -v psql >/dev/null || need+=(postgresql-client)
[ -x /usr/sbin/mariadbd ] || command -v mariadbd >/dev/null || need+=(mariadb-server-core)
[ -x /usr/sbin/sshd ] || need+=(openssh-server)
command -v ssh >/dev/null || need+=(openssh-client)
[ "${#need[@]}" -eq 0 ] && exit 0
command -v apt-get >/dev/null || exit 1
sudo=""; [ "$(id -u)" -eq 0 ] || sudo="sudo -n"
$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${need[@]}"
