"""Starts `conflagent demo` for a script: one endpoint in front of a made-up wiki."""

import re
import subprocess

from simulator import BINARY


class Demo:
    """The demo on a free loopback port for the length of a `with` block: `mcp` is where it speaks MCP, `secret` its
    secret.
    """

    def __init__(self, deployment="cloud"):
        self.command = [BINARY, "demo", "--listen", "127.0.0.1:0", "--deployment", deployment]

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        told = ""
        while "Bearer" not in told:  # behind the address, in what it prints to be copied
            line = self.process.stdout.readline()
            if not line:
                raise RuntimeError("the demo ended before it said where it is")
            told += line
        self.mcp = re.search(r"BASE=(\S+)", told)[1] + "/mcp"
        self.secret = re.search(r"Bearer ([^'\s]+)", told)[1]
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
