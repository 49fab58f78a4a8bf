#!/usr/bin/env bash
# Print the path of MariaDB's server for the tests; get it when there is none.
set -euo pipefail

unpacked="${XDG_CACHE_HOME:-$HOME/.cache}/headwater/mariadb"

find_server() {
  for name in "${MARIADBD_PATH:-}" mariadbd /usr/sbin/mariadbd /usr/libexec/mariadbd "$unpacked/usr/sbin/mariadbd"; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

find_server && exit 0

if command -v apt-get >/dev/null 2>&1; then
  {
    if [ "$(id -u)" = 0 ]; then
      apt-get update -q
      # The programs alone: the package with the service would start one.
      DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends mariadb-server-core
    else
      mkdir -p "$unpacked"
      cd "$unpacked"
      for package in mariadb-server-core libaio1 libaio1t64 libnuma1 liburing2 libpcre2-8-0; do
        apt-get download -q "$package" || true
      done
      for file in ./*.deb; do dpkg-deb -x "$file" .; done
      rm -f ./*.deb
    fi
  } >&2 || true
  find_server && exit 0
fi

echo "There is no MariaDB for the tests. Install its server, for example: sudo apt-get install mariadb-server-core" >&2
exit 1
