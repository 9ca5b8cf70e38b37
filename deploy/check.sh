#!/usr/bin/env bash
# The quick checks before every commit, each with its time. Called by `make check`.
set -uo pipefail
failed=()

step() {
  local name="$1"
  shift
  local began=$SECONDS
  if "$@"; then printf '  ok    %-12s %2d s\n' "$name" $((SECONDS - began)); else
    printf '  FAIL  %-12s %2d s\n' "$name" $((SECONDS - began))
    failed+=("$name")
  fi
}

snapshot() {
  diff -u docs/openapi.json <(BAITONG_LOG_LEVEL=WARNING "$BIN/python" -m backend.infrastructure.embedded with-settings -- "$BIN/flask" openapi) ||
    { echo "The API document changed: run 'make openapi' and review the difference." >&2; return 1; }
}

pages() {
  BAITONG_LOG_LEVEL=WARNING "$BIN/python" -m backend.infrastructure.embedded with-settings -- "$BIN/flask" pages --check
}

migrations() {
  "$BIN/python" -m backend.infrastructure.embedded with-postgres -- bash -c "BAITONG_LOG_LEVEL=WARNING $BIN/flask db upgrade >/dev/null && $BIN/flask db check >/dev/null"
}

step format "$BIN/ruff" format --check -q .
step lint "$BIN/ruff" check -q .
step spelling "$BIN/codespell" -q 3 backend mobile_api service_catalog tests docs deploy README.md CHANGELOG.md
step imports "$BIN/lint-imports"
step types "$BIN/mypy"
step openapi snapshot
step pages pages
step migrations migrations

if [ "${#failed[@]}" -gt 0 ]; then
  echo "make check: failed: ${failed[*]}" >&2
  exit 1
fi
echo "make check: all good"
