"""OpenAI's and Anthropic's SDKs and LangChain take the tool lists of an endpoint as they are.

The types are checked with the SDKs' own models, and a request is made with each list against a transport that looks at
what goes on the wire. No provider is called.
"""

import copy
import json
import sys
import urllib.request

import anthropic
import anthropic.types
import httpx
import httpx2
import openai
import openai.types.chat
import openai.types.responses
from langchain_core.tools import StructuredTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from openai.lib._pydantic import _ensure_strict_json_schema
from pydantic import TypeAdapter

from demo import Demo

failed = []


def check(sentence, holds):
    print(f"  {'ok  ' if holds else 'FAIL'} {sentence}")
    if not holds:
        failed.append(sentence)


class Tools:
    def __init__(self, base, secret):
        self.base, self.headers = base, {"Authorization": f"Bearer {secret}"}

    def list(self, query):
        request = urllib.request.Request(f"{self.base}/tools?format={query}", headers=self.headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def call(self, name, arguments):
        data = json.dumps(arguments).encode()
        request = urllib.request.Request(f"{self.base}/tools/{name}", data=data, headers=self.headers)
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)["data"]


def fits(kind, tools):
    """Whether every tool is of an SDK's type, and says nothing that the type does not know."""
    adapter = TypeAdapter(kind)
    return all(adapter.validate_python(tool, strict=False) == tool for tool in tools)


def sent(library, make, answer):
    """The tools that an SDK, which speaks HTTP by this library, puts into a request."""
    seen = {}

    def handle(request):
        seen.update(json.loads(request.content))
        return library.Response(200, json=answer)

    make(library.Client(transport=library.MockTransport(handle)))
    return seen["tools"]


def strict_already(schema):
    """OpenAI's SDK makes schemas strict by this function; one that is strict comes out as it went in."""
    made = _ensure_strict_json_schema(copy.deepcopy(schema), path=(), root=schema)
    return made == schema


def of_openai(tools):
    message = [{"role": "user", "content": "hello"}]
    completion = {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}
    response = {"id": "1", "object": "response", "created_at": 1, "model": "m", "output": [], "parallel_tool_calls": True,
                "tool_choice": "auto", "tools": []}
    for strict in ("false", "true"):
        chat, responses = tools.list(f"openai&strict={strict}"), tools.list(f"openai-responses&strict={strict}")
        client = lambda http: openai.OpenAI(api_key="none", http_client=http)
        check(f"Chat Completions, strict={strict}: types", fits(openai.types.chat.ChatCompletionToolParam, chat))
        check(f"Responses, strict={strict}: types", fits(openai.types.responses.FunctionToolParam, responses))
        create = lambda http: client(http).chat.completions.create(model="m", messages=message, tools=chat)
        wire = sent(httpx, create, completion)
        check(f"Chat Completions, strict={strict}: sent as they are", wire == chat)
        create = lambda http: client(http).responses.create(model="m", input="hello", tools=responses)
        wire = sent(httpx, create, response)
        check(f"Responses, strict={strict}: sent as they are", wire == responses)
    check("strict schemas are strict to the SDK", all(strict_already(t["function"]["parameters"]) for t in chat))


def of_anthropic(tools):
    message = [{"role": "user", "content": "hello"}]
    answer = {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": [], "stop_reason": "end_turn",
              "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}
    for strict in ("false", "true"):
        listed = tools.list(f"anthropic&strict={strict}")
        check(f"Messages, strict={strict}: types", fits(anthropic.types.ToolParam, listed))
        client = lambda http: anthropic.Anthropic(api_key="none", http_client=http)
        create = lambda http: client(http).messages.create(model="m", max_tokens=9, messages=message, tools=listed)
        wire = sent(httpx2, create, answer)
        check(f"Messages, strict={strict}: sent as they are", wire == listed)


def of_langchain(tools):
    openais, anthropics = tools.list("openai"), tools.list("anthropic")
    check("LangChain takes the lists of OpenAI", all(convert_to_openai_tool(tool) == tool for tool in openais))
    converted = [convert_to_openai_tool(tool)["function"] for tool in anthropics]
    expected = [tool["function"] for tool in openais]
    same = [(c["name"], c["description"], c["parameters"]) == (e["name"], e["description"], e["parameters"])
            for c, e in zip(converted, expected)]
    check("LangChain makes the same of Anthropic's", len(same) == len(expected) and all(same))
    bound = {}
    for tool in tools.list("schema")["tools"]:
        name = tool["name"]
        bound[name] = StructuredTool.from_function(
            func=lambda _name=name, **arguments: tools.call(_name, arguments),
            name=name, description=tool["description"], args_schema=tool["inputSchema"],
        )
    page = bound["read_page"].invoke({"title": "Caching Architecture"})
    check("a LangChain tool with our schema reads a page as Markdown", page["format"] == "markdown" and "## " in page["body"])
    titled = {"title": "read_page", "description": "Reads.", **tools.list("schema")["tools"][3]["inputSchema"]}
    check("LangChain takes a schema with a title", convert_to_openai_tool(titled)["function"]["name"] == "read_page")


with Demo() as demo:
    catalogue = Tools(demo.mcp.removesuffix("/mcp"), demo.secret)
    of_openai(catalogue)
    of_anthropic(catalogue)
    of_langchain(catalogue)
sys.exit(1 if failed else 0)
