"""The Confluence tools of mcp-atlassian, called over stdio MCP, against the simulator as Data Center and as Cloud.

Its server tells Cloud by the host name, so Cloud is reached under such a name with the simulator as HTTP proxy.
With an OAuth token it uses REST v2 through Atlassian's gateway, to which `watched_mcp_atlassian.py` leads it.
"""

import asyncio
import importlib.metadata
import json
import os
import pathlib
import sys
import tempfile
import urllib.parse

from checks import Checks, finish
from documents import Watch
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client
from simulator import Simulator

VERSION = importlib.metadata.version("mcp-atlassian")
SERVER = str(pathlib.Path(__file__).with_name("watched_mcp_atlassian.py"))


class Refused(Exception):
    """A tool answered with an error."""


class Tools:
    """The tools of one server, called without `await` so that checks stay plain functions."""

    def __init__(self, loop, session):
        self.loop, self.session = loop, session

    def __getattr__(self, name):
        return lambda **arguments: self.call(f"confluence_{name}", arguments)

    def call(self, name, arguments):
        future = asyncio.run_coroutine_threadsafe(self.session.call_tool(name, arguments), self.loop)
        answer = future.result(60)
        text = answer.content[0].text if answer.content else ""
        if answer.isError:
            raise Refused(text)
        try:
            value = json.loads(text)
        except ValueError:
            return text
        if isinstance(value, dict) and value.get("error"):
            raise Refused(value["error"])
        if isinstance(value, dict) and value.get("success") is False:
            raise Refused(text)
        return value


def scenario(title, simulator, tools, v2):
    check = Checks(f"mcp-atlassian {VERSION}, {title}")
    space, root = simulator.space_key, simulator.root_page_id
    made = {}

    def refused(call, **arguments):
        try:
            answer = call(**arguments)
        except Refused as error:
            return str(error)
        raise AssertionError(f"was not refused but answered {str(answer)[:300]}")

    def read(name, **named):
        return tools.get_page(page_id=made[name], **named)

    @check("a page is created from Markdown below the root")
    def _():
        for name in ("Alpha", "Beta"):
            page = tools.create_page(space_key=space, title=name, parent_id=root,
                                     content=f"# {name}\n\nSome *slanted* text.\n\n- one\n- two\n")["page"]
            made[name] = page["id"]
            assert page["title"] == name and page["space"]["key"] == space, page

    @check("it reads back by id, as Markdown and as storage, with its version")
    def _():
        page = read("Alpha")
        assert page["metadata"]["version"] == 1, page
        text = page["metadata"]["content"]["value"]
        assert "Some *slanted* text." in text and "one" in text, text
        storage = read("Alpha", convert_to_markdown=False)["metadata"]["content"]["value"]
        assert "<em>slanted</em>" in storage and "<li>" in storage, storage

    @check("it is found by its title; an unknown title is not")
    def _():
        page = tools.get_page(title="Alpha", space_key=space)
        assert page["metadata"]["id"] == made["Alpha"], page
        refused(tools.get_page, title="No such page", space_key=space)

    @check("a second page of the same title is refused")
    def _():
        refused(tools.create_page, space_key=space, title="alpha", content="again", parent_id=root)

    @check("an update makes the next version")
    def _():
        page = tools.update_page(page_id=made["Alpha"], title="Alpha", content="Two.\n\n## Tail\n\nEnd.")["page"]
        assert page["version"] == 2 and read("Alpha")["metadata"]["version"] == 2, page

    @check("one section is replaced, the rest stays")
    def _():
        tools.update_page_section(page_id=made["Alpha"], heading_text="Tail", new_content="New end.")
        text = read("Alpha")["metadata"]["content"]["value"]
        assert "New end." in text and "Two." in text and text.count("End.") == 0, text

    @check("children are listed across pages of answers")
    def _():
        for number in range(30):
            tools.create_page(space_key=space, title=f"Leaf {number:02}", content="x", parent_id=made["Beta"])
        first = tools.get_page_children(parent_id=made["Beta"], limit=50)
        titles = [child["title"] for child in first["results"]]
        assert titles == [f"Leaf {number:02}" for number in range(30)], titles

    @check("search by CQL and by words finds the page")
    def _():
        rows = tools.search(query=f'type=page AND space="{space}" AND title="Alpha"')
        assert [row["id"] for row in rows] == [made["Alpha"]], rows
        assert made["Alpha"] in {row["id"] for row in tools.search(query='text ~ "New end"')}
        assert any(row["title"] == "Leaf 07" for row in tools.search(query="Leaf 07", limit=50))
        assert tools.search(query='title = "No such page"') == []

    @check("labels are added and listed")
    def _():
        tools.add_label(page_id=made["Alpha"], name="reviewed")
        assert [label["name"] for label in tools.get_labels(page_id=made["Alpha"])] == ["reviewed"]

    @check("a comment is added and listed")
    def _():
        tools.add_comment(page_id=made["Alpha"], body="Well *said*.")
        comments = tools.get_comments(page_id=made["Alpha"])
        assert len(comments) == 1 and "said" in json.dumps(comments), comments

    @check("an old version reads, and differs", fails_since=NO_SUCH_PATH if v2 else None)
    def _():
        old = tools.get_page_history(page_id=made["Alpha"], version=1)
        assert "slanted" in json.dumps(old), old
        difference = json.dumps(tools.get_page_diff(page_id=made["Alpha"], from_version=1, to_version=2))
        assert "Two." in difference and "slanted" in difference, difference

    @check("an attachment is uploaded and listed", fails_since=BESIDE_THE_GATEWAY if v2 else None)
    def _():
        tools.upload_attachment(content_id=made["Alpha"], file_path="note.txt")
        rows = tools.get_attachments(content_id=made["Alpha"])["attachments"]
        assert [row["title"] for row in rows] == ["note.txt"], rows

    @check("the page moves below another")
    def _():
        tools.move_page(page_id=made["Alpha"], target_parent_id=made["Beta"])
        titles = [row["title"] for row in tools.get_page_children(parent_id=made["Beta"], limit=50)["results"]]
        assert "Alpha" in titles, titles

    @check("a page is deleted and cannot be read any more")
    def _():
        tools.delete_page(page_id=made["Alpha"])
        rows = tools.search(query=f'type=page AND space="{space}" AND title="Alpha"')
        assert rows == [], rows
        if not v2:  # REST v2 goes on answering for what is in the trash
            refused(tools.get_page, page_id=made["Alpha"])

    return check


def conflict(title, tools, simulator):
    """On a site where somebody else saves first, once."""
    check = Checks(f"mcp-atlassian {VERSION}, {title}, while somebody else saves first")

    @check("the update is refused, and works the next time")
    def _():
        page = tools.create_page(space_key=simulator.space_key, title="Race", content="x")["page"]
        try:
            answer = tools.update_page(page_id=page["id"], title="Race", content="mine")
        except Refused as error:
            assert "409" in str(error) or "onflict" in str(error) or "Version must be" in str(error), error
        else:
            raise AssertionError(f"was not refused but answered {str(answer)[:300]}")
        assert tools.update_page(page_id=page["id"], title="Race", content="mine")["page"]["version"] == 3

    return check


async def with_tools(environment, work):
    clean = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    clean["INTEROP_DEVIATIONS"] = str(FOLDER / "deviations")
    server = StdioServerParameters(command=sys.executable, args=[SERVER], env=clean | environment, cwd=FOLDER)
    with open(os.environ.get("INTEROP_SERVER_LOG", os.devnull), "a", encoding="utf-8") as log:
        async with stdio_client(server, errlog=log) as (reading, writing):
            async with ClientSession(reading, writing) as session:
                await session.initialize()
                return await asyncio.to_thread(work, Tools(asyncio.get_running_loop(), session))


def environments(simulator, way):
    host = urllib.parse.urlsplit(simulator.base_url).netloc
    if way == "Data Center":
        return {"CONFLUENCE_URL": simulator.base_url, "CONFLUENCE_USERNAME": simulator.email,
                "CONFLUENCE_API_TOKEN": simulator.api_token, "INTEROP_DEPLOYMENT": "datacenter"}
    if way == "Cloud, API token":
        return {"CONFLUENCE_URL": "http://demo.atlassian.net/wiki", "CONFLUENCE_HTTP_PROXY": f"http://{host}",
                "CONFLUENCE_USERNAME": simulator.email, "CONFLUENCE_API_TOKEN": simulator.api_token}
    token = f"eyJ-oauth-{simulator.email.partition('@')[0]}"
    return {"CONFLUENCE_URL": "https://demo.atlassian.net/wiki", "ATLASSIAN_OAUTH_CLOUD_ID": CLOUD_ID,
            "ATLASSIAN_OAUTH_ACCESS_TOKEN": token, "INTEROP_GATEWAY": f"http://{host}",
            "MCP_ALLOWED_URL_DOMAINS": "127.0.0.1"}


FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="interop-"))
NO_SUCH_PATH = "the package asks for /api/v2/versions/{id}, which REST v2 has not"
BESIDE_THE_GATEWAY = "the package uploads to the site itself, where an OAuth token is not accepted"
CLOUD_ID = "7f1b5a7e-6f0d-4a53-9d0c-2b1e8a6d4c10"
WAYS = {
    "Data Center": ("datacenter", []),
    "Cloud, API token": ("cloud", ["removed-v1=off"]),
    # Even with OAuth it looks up titles and lists labels and comments with v1 content calls.
    "Cloud, OAuth token through the gateway": ("cloud", ["removed-v1=off"]),
}


def main():
    (FOLDER / "note.txt").write_text("a note\n", encoding="utf-8")
    results = []
    for way, (deployment, knobs) in WAYS.items():
        v2 = "gateway" in way
        with Simulator(deployment, knobs=knobs) as simulator:
            work = lambda tools: scenario(way, simulator, tools, v2)  # noqa: E731
            results.append(asyncio.run(with_tools(environments(simulator, way), work)))
        with Simulator(deployment, knobs=knobs, faults=["stale-version PUT x1"]) as simulator:
            work = lambda tools: conflict(way, tools, simulator)  # noqa: E731
            results.append(asyncio.run(with_tools(environments(simulator, way), work)))
    watch = Watch()
    watch.collect(FOLDER / "deviations")
    finish(results, watch)


main()
