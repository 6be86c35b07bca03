"""Runs browser.mjs against the demo of both products: run.py NODE BROWSER"""

import pathlib
import subprocess
import sys

from demo import Demo

SCRIPT = pathlib.Path(__file__).with_name("browser.mjs")
codes = []
for deployment in ("cloud", "datacenter"):
    with Demo(deployment) as demo:
        command = [sys.argv[1], SCRIPT, demo.mcp.removesuffix("/mcp"), demo.secret, sys.argv[2]]
        codes.append(subprocess.run(command, check=False, timeout=120).returncode)
sys.exit(max(codes))
