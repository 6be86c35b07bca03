"""Runs examples/agent.py with its scripted models: undisturbed, with a colleague who edits the same words, and over a bad
line, which refuses for a while (429) and loses an answer.
"""

import http.client
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.parse

from demo import Demo

AGENT = pathlib.Path(__file__).resolve().parents[3] / "examples" / "agent.py"
failed = []


class BadLine(http.server.BaseHTTPRequestHandler):
    """Forwards to the service, but for the first call of each tool (429), and for the first answer to an update."""

    protocol_version = "HTTP/1.1"
    target, refused, lost, updates = None, set(), False, 0

    def do_GET(self):
        self.forward()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path not in BadLine.refused:
            BadLine.refused.add(self.path)
            answer = {"success": False, "code": "RATE_LIMITED", "message": "Wait.", "data": None, "retryAfterSeconds": 1}
            self.reply(429, json.dumps(answer).encode(), {"Retry-After": "1"})
            return
        self.forward(body)

    def forward(self, body=None):
        connection = http.client.HTTPConnection(BadLine.target)
        headers = {"Authorization": self.headers["Authorization"]}
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if self.path.endswith("/update_page"):
            BadLine.updates += 1
            if not BadLine.lost:
                BadLine.lost = True
                self.close_connection = True
                return
        self.reply(answer.status, text, {})

    def reply(self, status, text, headers):
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(text)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def check(sentence, base, secret, model, *said):
    environment = os.environ | {"CONFLAGENT_BASE": base, "CONFLAGENT_SECRET": secret}
    for key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY"):
        environment.pop(key, None)
    ended = subprocess.run([sys.executable, AGENT, "--model", model], env=environment, capture_output=True, text=True,
                           timeout=120, check=False)
    told = ended.stdout + ended.stderr
    holds = ended.returncode == 0 and all(text in told for text in said)
    print(f"  {'ok  ' if holds else 'FAIL'} {sentence}")
    if not holds:
        failed.append(sentence)
        print(told)


for deployment in ("cloud", "datacenter"):
    with Demo(deployment) as demo:
        address = demo.mcp.removesuffix("/mcp")
        check(f"{deployment}: the task is done", address, demo.secret, "auto", "Done: version 2")
        check(f"{deployment}: once", address, demo.secret, "scripted", "Nothing to do")
        check(f"{deployment}: a membership ends", address, demo.secret, "membership",
              "Done: Grace Person is no longer in on-call")
        check(f"{deployment}: once, too", address, demo.secret, "membership", "Nothing to do: Grace Person is in")
    with Demo(deployment) as demo:
        address = demo.mcp.removesuffix("/mcp")
        check(f"{deployment}: a conflict is read again and written anew", address, demo.secret, "interrupted",
              "VERSION_CONFLICT", "Done: version 3")
    with Demo(deployment) as demo:
        parts = urllib.parse.urlsplit(demo.mcp.removesuffix("/mcp"))
        BadLine.target, BadLine.refused, BadLine.lost, BadLine.updates = parts.netloc, set(), False, 0
        line = http.server.ThreadingHTTPServer(("127.0.0.1", 0), BadLine)
        threading.Thread(target=line.serve_forever, daemon=True).start()
        check(f"{deployment}: refusals are waited out, a lost answer does nothing twice",
              f"http://127.0.0.1:{line.server_port}{parts.path}", demo.secret, "scripted",
              "RATE_LIMITED, waiting 1 s", "Done: version 2")
        if BadLine.updates != 2:
            failed.append("the update was not sent again")
        line.shutdown()
sys.exit(1 if failed else 0)
