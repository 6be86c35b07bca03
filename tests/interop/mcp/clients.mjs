// The official TypeScript SDK (its first and its second generation, in both eras of the protocol) and the AI SDK
// against the demo: each lists and calls every tool. The official clients hold structured content against the output
// schemas themselves. Address and secret come as arguments.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

const [address, secret] = process.argv.slice(2);
const here = path.dirname(fileURLToPath(import.meta.url));
const story = JSON.parse(readFileSync(path.join(here, "story.json")));

// The packages live in a temporary folder (see README.md), so they are found through it and not beside this file.
const modules = path.resolve(process.env.INTEROP_NODE_MODULES ?? "node_modules");
const described = (name) => JSON.parse(readFileSync(path.join(modules, name, "package.json")));
const load = (name, file) => import(pathToFileURL(path.join(modules, name, file)));
const url = new URL(address);
const requestInit = { headers: { Authorization: `Bearer ${secret}` } };

let failed = 0;
async function check(sentence, work) {
  try {
    await work();
    console.log(`  ok   ${sentence}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAIL ${sentence}: ${error.stack?.slice(0, 900)}`);
  }
}

/** Runs the story through an official client. */
async function whole(client) {
  const { tools } = await client.listTools();
  const called = new Set([...story.map(([name]) => name), "fetch"]);
  for (const tool of tools) {
    assert.ok(called.has(tool.name), `${tool.name} is not called`);
    assert.ok(tool.outputSchema && tool.title, tool.name);
    for (const hint of ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"]) {
      assert.equal(typeof tool.annotations[hint], "boolean", `${tool.name} ${hint}`);
    }
  }
  const call = (name, given) => client.callTool({ name, arguments: given });
  for (const [name, given] of story) {
    const result = await call(name, given);
    assert.ok(!result.isError, `${name}: ${JSON.stringify(result.content)}`);
    assert.deepEqual(JSON.parse(result.content[0].text), result.structuredContent, name);
  }
  const children = await call("list_child_pages", { title: "Architecture" });
  const [page] = children.structuredContent.result;
  const fetched = await call("fetch", { id: page.id });
  assert.equal(fetched.structuredContent.title, page.title);
  const absent = await call("read_page", { title: "Nowhere" });
  assert.ok(absent.isError && absent.content[0].text.startsWith("NOT_FOUND: "), JSON.stringify(absent));
  await assert.rejects(call("no_such_tool", {}), /Unknown tool|not found/);
  const { resources } = await client.listResources();
  assert.ok(resources.length > 0);
  const { contents } = await client.readResource({ uri: resources[0].uri });
  assert.equal(contents[0].mimeType, "text/markdown");
  assert.match(client.getInstructions(), /Platform Handbook/);
}

{
  const name = "@modelcontextprotocol/sdk";
  console.log(`\n${name} ${described(name).version}`);
  const { Client } = await load(name, "dist/esm/client/index.js");
  const { StreamableHTTPClientTransport } = await load(name, "dist/esm/client/streamableHttp.js");
  await check("it lists and calls every tool", async () => {
    const client = new Client({ name: "interop", version: "1" });
    await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
    await whole(client);
    await client.close();
  });
  await check("it is not let in with another secret", async () => {
    const client = new Client({ name: "interop", version: "1" });
    const wrong = { headers: { Authorization: "Bearer wrong" } };
    await assert.rejects(client.connect(new StreamableHTTPClientTransport(url, { requestInit: wrong })), /401|nauthorized/);
  });
}

{
  const name = "@modelcontextprotocol/client";
  console.log(`\n${name} ${described(name).version}`);
  const entry = described(name).exports["."];
  const file = typeof entry === "string" ? entry : (entry.import?.default ?? entry.import ?? entry.default);
  const { Client, StreamableHTTPClientTransport } = await load(name, file);
  for (const mode of ["legacy", "auto"]) {
    await check(`it lists and calls every tool, version negotiation: ${mode}`, async () => {
      const client = new Client({ name: "interop", version: "1" }, { versionNegotiation: { mode } });
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
      await whole(client);
      const version = client.getNegotiatedProtocolVersion();
      assert.equal(version, mode === "auto" ? "2026-07-28" : "2025-11-25");
      await client.close();
    });
  }
}

{
  const name = "@ai-sdk/mcp";
  console.log(`\n${name} ${described(name).version}`);
  const { createMCPClient, experimental_createMCPClient } = await load(name, "dist/index.mjs");
  await check("it lists every tool, and calls them as a model would", async () => {
    const create = createMCPClient ?? experimental_createMCPClient;
    const client = await create({ transport: { type: "http", url: address, headers: requestInit.headers } });
    const tools = await client.tools();
    const call = (tool, given) => tools[tool].execute(given, { toolCallId: "1", messages: [] });
    for (const [tool, given] of story) {
      const result = await call(tool, given);
      assert.ok(!result.isError, `${tool}: ${JSON.stringify(result.content)}`);
    }
    const absent = await call("read_page", { title: "Nowhere" });
    assert.ok(absent.isError);
    await client.close();
  });
}

process.exit(failed ? 1 : 0);
