"""Runs ai_sdk.mjs against the demo: node.py NODE"""

import pathlib
import subprocess
import sys

from demo import Demo

SCRIPT = pathlib.Path(__file__).with_name("ai_sdk.mjs")
with Demo() as demo:
    sys.exit(subprocess.run([sys.argv[1], SCRIPT, demo.mcp.removesuffix("/mcp"), demo.secret], check=False).returncode)
