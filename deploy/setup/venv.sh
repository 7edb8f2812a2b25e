#!/usr/bin/env bash
# Makes .venv of this tree match the lock, or leaves it alone when it already does.
#
#   deploy/setup/venv.sh run   what the application needs   (requirements.lock)
#   deploy/setup/venv.sh dev   the same, and the tools of development   (requirements-dev.lock)
#
# Everything it says goes to stderr. Exit code 0: .venv is ready; 2: wrong usage; 3: it could not be made.
# The stamp inside .venv is taken away before the first change and written after the last one, so that an
# interrupted installation is never taken for a complete one: the next start makes it anew.
set -euo pipefail

tree=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd -P)
venv=$tree/.venv
stamp=$venv/cuntong.stamp
kind=${1:-}

case $kind in
    run) lock=$tree/requirements.lock ;;
    dev) lock=$tree/requirements-dev.lock ;;
    *)
        echo "usage: deploy/setup/venv.sh run|dev" >&2
        exit 2
        ;;
esac

# say ENGLISH CHINESE: one line to the person, in the language of the terminal.
say() {
    case ${CUNTONG_LANG:-${LC_ALL:-${LANG:-en}}} in
        zh*) echo "cuntong: $2" >&2 ;;
        *) echo "cuntong: $1" >&2 ;;
    esac
}

fail() {
    say "$@"
    exit 3
}

hash_of() { sha256sum "$1" | cut -d' ' -f1; }

# The stamp names the folder, because the programs in .venv/bin carry it: a moved tree needs a new .venv.
# `dev` holds all of `run`, so a .venv made for development also serves the application.
is_ready() {
    [ -x "$venv/bin/python" ] && [ -f "$stamp" ] &&
        grep -qxF "tree $tree" "$stamp" && grep -qxF "$kind $(hash_of "$lock")" "$stamp"
}

# Prints the first Python that is new enough and can make environments (Debian packs the latter apart).
find_python() {
    local name
    for name in python3.11 python3 python3.12 python3.13 python3.14; do
        if "$name" -I -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    return 1
}

ensure_python() {
    if python=$(find_python); then
        return
    fi
    if [ -r /etc/debian_version ] && command -v apt-get >/dev/null; then
        if [ "$(id -u)" -eq 0 ]; then
            say "installing python3-venv from the system's packages" "正在从系统软件源安装 python3-venv"
            { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y python3 python3-venv; } >&2 ||
                fail "python3-venv could not be installed (see above)" "python3-venv 安装失败（见上）"
            if python=$(find_python); then
                return
            fi
        else
            fail "Python 3.11 or newer with venv is missing; run once: sudo apt-get install -y python3-venv" \
                "缺少带 venv 的 Python 3.11 或更新版本；请执行一次：sudo apt-get install -y python3-venv"
        fi
    fi
    fail "Python 3.11 or newer with its modules venv and ensurepip was not found in PATH; install it and start again" \
        "PATH 中没有带 venv 和 ensurepip 模块的 Python 3.11 或更新版本；请安装后再启动"
}

# Reads what pip says and shows one short line a package.
show_progress() {
    local total=$1 done=0 line
    while IFS= read -r line; do
        case $line in
            Collecting\ *)
                done=$((done + 1))
                line=${line#Collecting }
                echo "  [$done/$total] ${line%% *}" >&2
                ;;
            Installing\ collected*) say "unpacking" "正在安装" ;;
        esac
    done
}

install_lock() {
    "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --progress-bar off \
        --require-hashes -r "$lock" | show_progress "$(grep -c '^[a-z].*==' "$lock")"
}

make_venv() {
    ensure_python
    say "making .venv with $($python -V) for '$kind'; this happens once and takes about a minute" \
        "正在用 $($python -V) 建立 .venv（$kind），仅此一次，约需一分钟"
    "$python" -I -m venv --clear "$venv" >&2 ||
        fail ".venv could not be made in $tree (see above)" "无法在 $tree 建立 .venv（见上）"
}

refresh() {
    # A complete .venv of the same run lock only needs the tools added; anything else is made anew.
    if [ "$kind" = dev ] && kind=run lock=$tree/requirements.lock is_ready; then
        say "adding the tools of development to .venv" "正在向 .venv 添加开发工具"
        rm -f "$stamp"
    else
        rm -f "$stamp"
        make_venv
    fi
    install_lock ||
        fail "the packages of $(basename "$lock") could not be installed (see above); start again to retry. Behind a mirror, set PIP_INDEX_URL" \
            "$(basename "$lock") 中的软件包安装失败（见上），重新启动即可重试。使用镜像时请设置 PIP_INDEX_URL"
    {
        echo "tree $tree"
        echo "run $(hash_of "$tree/requirements.lock")"
        if [ "$kind" = dev ]; then echo "dev $(hash_of "$lock")"; fi
    } >"$stamp.new"
    mv "$stamp.new" "$stamp"
    say "ready" "已就绪"
}

trap 'say "stopped; the next start begins anew" "已中断，下次启动将重新开始"; exit 130' INT TERM

if is_ready; then exit 0; fi

[ -w "$tree" ] || fail "$tree cannot be written to, so .venv cannot be made there" "$tree 不可写，无法建立 .venv"
exec 9>"$tree/.venv.lock"
if ! flock -n 9; then
    say "another start is making .venv; waiting for it" "另一个启动正在建立 .venv，等待中"
    flock 9
fi
if is_ready; then exit 0; fi
refresh
