"""mcp-atlassian's own server, unchanged, with its answers from Confluence held against Atlassian's documents."""

import os

from documents import Watch

import mcp_atlassian

watch = Watch()
if target := os.environ.get("INTEROP_GATEWAY"):
    # With OAuth the package always speaks to api.atlassian.com: this leads it to the simulator's gateway instead.
    import requests

    send = requests.Session.send

    def led(session, request, **named):
        request.url = request.url.replace("https://api.atlassian.com", target)
        return send(session, request, **named)

    requests.Session.send = led

mcp_atlassian.main()
