"""Runs clients.mjs against the demo in front of both products."""

import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))

from demo import Demo  # noqa: E402

node = sys.argv[1]
codes = []
for deployment in ("cloud", "datacenter"):
    print(f"\n-- {deployment}", flush=True)
    with Demo(deployment) as demo:
        codes.append(subprocess.run([node, HERE / "clients.mjs", demo.mcp, demo.secret], check=False).returncode)
sys.exit(1 if any(codes) else 0)
