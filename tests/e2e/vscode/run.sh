#!/bin/bash
# Drives the packaged client in a real VS Code: usage: run.sh [STORY.mjs …], by default all stories.
#
# Needs the .vsix of vscode-client/, the server in .venv/, Chromium and Node 20 or later (`make e2e`
# sees to the first two). A VS Code to drive is taken from $OOPSIGHT_VSCODE or installed from npm
# into the user's cache. What else can be chosen, see the variables below and ../README.md.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
cd "$here"

fail() {
  echo "tests/e2e/vscode: $*" >&2
  exit 2
}

version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' "$top/vscode-client/package.json")
export OOPSIGHT_VSIX=${OOPSIGHT_VSIX:-$top/vscode-client/oopsight-$version.vsix}
export OOPSIGHT_SERVER=${OOPSIGHT_SERVER:-$top/.venv/bin/oopsight}
export OOPSIGHT_TREE=${OOPSIGHT_TREE:-$top/sample_kernel}
export OOPSIGHT_VSCODE=${OOPSIGHT_VSCODE:-${XDG_CACHE_HOME:-$HOME/.cache}/oopsight-e2e/vscode}
export CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}

[ -f "$OOPSIGHT_VSIX" ] || fail "$OOPSIGHT_VSIX is missing; run \`make vsix\` first."
[ -x "$OOPSIGHT_SERVER" ] || fail "$OOPSIGHT_SERVER is missing; run \`make e2e\`, which installs it."
[ -d "$OOPSIGHT_TREE" ] || fail "the kernel tree $OOPSIGHT_TREE is missing."
[ -n "$CHROMIUM" ] || fail "no Chromium was found; install it (Debian: apt install chromium fonts-dejavu-core) or name it in \$CHROMIUM."
command -v node >/dev/null || fail "Node 20 or later is needed."

if [ ! -x "$OOPSIGHT_VSCODE/bin/code-server" ]; then
  echo "Installing a VS Code to drive into $OOPSIGHT_VSCODE …"
  ./install.sh "$OOPSIGHT_VSCODE"
fi
if [ node_modules/.package-lock.json -ot package-lock.json ]; then
  npm ci --no-audit --no-fund
fi

rm -rf out
mkdir -p out
[ $# -gt 0 ] || set -- stories/*.mjs
status=0
for story in "$@"; do
  node "$story" || status=1
done
exit $status
