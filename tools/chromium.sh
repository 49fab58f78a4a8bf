#!/usr/bin/env bash
# Print the path of a Chromium for the browser tests; get one when there is none.
set -euo pipefail

find_chromium() {
  for name in "${CHROMIUM_PATH:-}" chromium chromium-browser google-chrome google-chrome-stable; do
    if [ -n "$name" ] && command -v "$name" >/dev/null 2>&1; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

find_chromium && exit 0

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends chromium fonts-dejavu-core
  } >&2 || true
  find_chromium && exit 0
fi

cd "$(dirname "$0")/../ui-tests"
npx playwright install chromium >&2
node -e "process.stdout.write(require('@playwright/test').chromium.executablePath() + '\n')"
