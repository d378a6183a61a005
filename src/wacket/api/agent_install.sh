#!/bin/sh
# Fetches the agent from the hub, checks it, and joins. The same text for everybody: nothing is filled in.
#
#   sh install.sh HUB-ADDRESS [CHECKSUM]        for example: sh install.sh http://192.168.1.10:8080 3f1c…
#
# It reads the join token (wacket token create) from standard input, so that it stands in no list of processes.
# Without CHECKSUM it shows the hub's own and asks, because over plain HTTP somebody else may have answered.
set -eu

fail() {
  echo "install.sh: $*" >&2
  exit 1
}

[ $# -eq 1 ] || [ $# -eq 2 ] || fail "usage: sh install.sh HUB-ADDRESS [CHECKSUM] < file-with-the-token"
hub=${1%/}
case $hub in
  http://*|https://*) ;;
  *) fail "the hub's address begins with http:// or https://" ;;
esac

python=
for candidate in python3 python3.13 python3.12 python3.11 python3.10 python3.9 python3.8 python; do
  if command -v "$candidate" >/dev/null 2>&1 &&
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || fail "this machine needs Python 3.8 or newer (Debian, Ubuntu: apt install python3)"

# What is fetched is checked by its checksum, not by whoever sent it: the hub's own certificate is known to nobody yet.
fetch() {
  if command -v curl >/dev/null 2>&1; then
    curl -fsSk -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then
    wget -q --no-check-certificate -O "$2" "$1"
  else
    "$python" -I -c 'import shutil, ssl, sys, urllib.request
with urllib.request.urlopen(sys.argv[1], context=ssl._create_unverified_context()) as answer:
    with open(sys.argv[2], "wb") as file:
        shutil.copyfileobj(answer, file)' "$1" "$2"
  fi
}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM
file=$folder/wacket-agent.pyz

fetch "$hub/agent/wacket-agent.pyz" "$file" || fail "$hub does not answer, or is no hub"
got=$("$python" -I -c 'import hashlib, sys
print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$file")

if [ $# -eq 2 ]; then
  [ "$got" = "$2" ] || fail "what came has the checksum $got, and not $2: it is not the hub's agent, and was not run"
else
  echo "The agent that came has the checksum" >&2
  echo "  $got" >&2
  printf 'Does the hub show the same (wacket token create)? [y/N] ' >&2
  { read -r answer </dev/tty; } 2>/dev/null || fail "nobody is here to answer; give the checksum as the second argument"
  case $answer in
    y|Y|yes) ;;
    *) fail "nothing was installed" ;;
  esac
fi

"$python" "$file" join "$hub"
