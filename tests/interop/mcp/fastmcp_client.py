"""FastMCP's client against the demo in front of both products: it lists and calls every tool, reads every resource,
and is refused as it should be. It holds structured content against the output schemas itself.
"""

import asyncio
import json
import pathlib
import sys

import fastmcp
from fastmcp import Client
from fastmcp.client.auth import BearerAuth
from fastmcp.client.transports import StreamableHttpTransport
from fastmcp.exceptions import ToolError

HERE = pathlib.Path(__file__).resolve().parent
sys.path += [str(HERE.parent), str(HERE.parent / "clients")]

from checks import Checks  # noqa: E402
from demo import Demo  # noqa: E402

STORY = json.loads((HERE / "story.json").read_text(encoding="utf-8"))


def checks(deployment):
    check = Checks(f"FastMCP {fastmcp.__version__}, {deployment}")
    with Demo(deployment) as demo:

        def with_client(work, secret=demo.secret):
            async def session():
                async with Client(StreamableHttpTransport(demo.mcp, auth=BearerAuth(secret))) as client:
                    return await work(client)

            return asyncio.run(session())

        @check("it lists the tools, and the story calls each of them")
        def _():
            tools = with_client(lambda client: client.list_tools())
            called = {name for name, _ in STORY} | {"fetch"}
            missing = {tool.name for tool in tools} - called
            assert not missing, missing
            for tool in tools:
                hints = tool.annotations
                assert None not in (
                    hints.read_only_hint, hints.destructive_hint, hints.idempotent_hint, hints.open_world_hint
                ), tool.name

        @check("it calls every tool")
        def _():
            async def story(client):
                for name, arguments in STORY:
                    result = await client.call_tool(name, arguments)
                    assert result.structured_content is not None, name
                children = await client.call_tool("list_child_pages", {"title": "Architecture"})
                page = children.structured_content["result"][0]
                fetched = await client.call_tool("fetch", {"id": page["id"]})
                assert fetched.structured_content["title"] == page["title"]

            with_client(story)

        @check("a tool that fails tells what to do")
        def _():
            async def absent(client):
                try:
                    await client.call_tool("read_page", {"title": "Nowhere"})
                except ToolError as error:
                    return str(error)

            told = with_client(absent)
            assert told and told.startswith("NOT_FOUND: ") and "list_pages" in told, told

        @check("it lists resources and reads each of them")
        def _():
            async def read(client):
                resources = await client.list_resources()
                assert resources
                for resource in resources:
                    contents = await client.read_resource(resource.uri)
                    assert isinstance(contents[0].text, str), resource.uri
                assert await client.list_resource_templates()

            with_client(read)

        @check("it is not let in with another secret")
        def _():
            try:
                with_client(lambda client: client.list_tools(), secret="wrong")
            except Exception as error:
                assert "error response" in str(error) or "401" in str(error), error
            else:
                raise AssertionError("it was let in")

    return check


done = [checks(deployment) for deployment in ("cloud", "datacenter")]
sys.exit(1 if any(check.failed for check in done) else 0)
