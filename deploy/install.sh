#!/usr/bin/env bash
# Makes the virtual environment of the project and installs the pinned packages. Called by make; safe to run again.
#   install.sh run    what `make run` needs
#   install.sh test   that, and what `make test` and `make check` need
set -euo pipefail
unset PYTHONDONTWRITEBYTECODE
what="$1"
began=$SECONDS

say() { printf '[set-up] %s (%s)\n' "$1" "$2"; }
fail() { printf '\n错误：%s\nError: %s\n' "$1" "$2" >&2; exit 1; }

command -v "$PYTHON" >/dev/null 2>&1 ||
  fail "找不到 $PYTHON。请安装 Python 3.11 或更新版本，或用 make PYTHON=/路径/python3 指定。" \
    "$PYTHON is not here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3."
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
  fail "$("$PYTHON" --version) 太旧，需要 Python 3.11 或更新版本：make PYTHON=/路径/python3.11 run" \
    "$("$PYTHON" --version) is too old; 3.11 or newer is needed: make PYTHON=/path/to/python3.11 run"

if [ ! -x "$VENV/bin/python" ] || [ ! -x "$VENV/bin/pip" ]; then
  say "创建虚拟环境 $VENV" "making the virtual environment"
  rm -rf "$VENV"
  "$PYTHON" -m venv "$VENV" ||
    fail "无法创建虚拟环境：Debian/Ubuntu 请先 apt-get install python3-venv；并检查磁盘空间。" \
      "No virtual environment: on Debian or Ubuntu apt-get install python3-venv; check the disk as well."
fi

if ! "$VENV/bin/python" -c 'import uv' 2>/dev/null; then
  say "安装 uv" "installing uv"
  "$VENV/bin/pip" install -q --disable-pip-version-check --require-hashes -r deploy/requirements-uv.txt 2>"$VENV/pip.log" ||
    { cat "$VENV/pip.log" >&2; fail "无法安装 uv：请检查网络与磁盘（pip 的原话见上）。" "uv could not be installed: check network and disk; pip's words are above."; }
fi

lists=(requirements.txt)
if [ "$what" = test ] || [ -e "$VENV/.test-ready" ]; then lists+=(requirements-dev.txt); fi
say "安装依赖 ${lists[*]}" "installing packages"
"$VENV/bin/uv" pip sync -q --require-hashes --python "$VENV/bin/python" "${lists[@]}" ||
  fail "依赖安装失败（原话见上）。网络问题请重试；“no wheel/no matching distribution” 表示本平台没有预编译包，请换用 Linux x86_64/aarch64（glibc）或 macOS。" \
    "Installing failed; the reason is above. Try again after a network fault; 'no matching distribution' means that this platform has no wheels: use Linux x86_64 or aarch64 with glibc, or macOS."

say "编译模块" "compiling modules"
"$VENV/bin/python" -m compileall -q -j 0 "$VENV/lib" backend mobile_api service_catalog >/dev/null 2>&1 || true
touch "$VENV/.run-ready"
if [ "${#lists[@]}" -gt 1 ]; then touch "$VENV/.test-ready"; fi
say "完成，用时 $((SECONDS - began)) 秒" "done in $((SECONDS - began)) s"
