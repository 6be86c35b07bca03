"""What it costs a model to read: a long page whole, by outline and section, and the list of tools.

Against `conflagent demo`, which must be running: python3 examples/costs.py
Against another endpoint, in which it creates a page of 100 kB and deletes it again: BASE=... SECRET=... python3 examples/costs.py
"""

import json
import os
import urllib.request

BASE = os.environ.get("BASE", "http://127.0.0.1:5000/endpoint/demo")
SECRET = os.environ.get("SECRET", "demo-secret")
TITLE = "What it costs"
SENTENCE = "Service {} of region {} keeps {} replicas and writes its journal every {} seconds, unless the queue is full. "


def ask(method, path, body=None):
    """The body of an answer, as text."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(BASE + path, data, {"Authorization": f"Bearer {SECRET}"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


def tool(name, **arguments):
    """What a tool answers: the text, and what it says."""
    text = ask("POST", f"/tools/{name}", arguments)
    return text, json.loads(text)


def page():
    """Forty sections of 2,500 characters."""
    parts = []
    for section in range(40):
        lines = "".join(SENTENCE.format(line, section, line * section % 7, line + section) for line in range(24))
        parts.append(f"## Region {section}\n\n{lines}")
    return "\n\n".join(parts)


def whole():
    """The page in as many parts as it takes; how many characters their answers had."""
    cost, calls, body, offset = 0, 0, "", 0
    while offset is not None:
        text, answer = tool("read_page", title=TITLE, offset=offset)
        cost, calls, body = cost + len(text), calls + 1, body + answer["data"]["body"]
        offset = answer["data"].get("nextOffset")
    return cost, calls, len(body)


def main():
    tool("create_page", title=TITLE, body=page(), format="markdown")
    try:
        cost, calls, length = whole()
        outline, _ = tool("read_page", title=TITLE, outline=True)
        section, _ = tool("read_page", title=TITLE, section="Region 23")
    finally:
        tool("delete_page", title=TITLE)
    some = len(outline) + len(section)
    listed = ask("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"})
    listed = json.dumps(json.loads(listed)["result"], separators=(",", ":"), ensure_ascii=False)
    tree = "/pages/tree?depth=50&responseFormat="
    detailed, concise = len(ask("GET", tree + "detailed")), len(ask("GET", tree + "concise"))
    print(f"the page                         {length:7} characters of Markdown")
    print(f"read whole                       {cost:7} in {calls} answers")
    print(f"read by outline and one section  {some:7} in 2 answers ({len(outline)} + {len(section)}), {100 * some / cost:.1f} % of it")
    print(f"the tree of the wiki             {detailed:7} detailed, {concise} concise")
    print(f"tools/list                       {len(listed.encode()):7} bytes")


if __name__ == "__main__":
    main()
