// The AI SDK binds the tools of an endpoint by their schemas, and a model (a scripted one) calls them.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.INTEROP_NODE_MODULES}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { dynamicTool, generateText, jsonSchema, stepCountIs } = await load("ai");
const { MockLanguageModelV3 } = await load("ai/test");
const [base, secret] = process.argv.slice(2);
const headers = { authorization: `Bearer ${secret}` };

let failed = 0;
function check(sentence, holds) {
  console.log(`  ${holds ? "ok  " : "FAIL"} ${sentence}`);
  failed += holds ? 0 : 1;
}

const { tools: listed } = await (await fetch(`${base}/tools?format=schema`, { headers })).json();
const call = (url, body) => fetch(url, { method: "POST", headers, body: JSON.stringify(body) }).then((answer) => answer.json());
const tools = Object.fromEntries(
  listed.map(({ name, description, inputSchema, invokeUrl }) => [
    name,
    dynamicTool({ description, inputSchema: jsonSchema(inputSchema), execute: (input) => call(invokeUrl, input) }),
  ]),
);

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};
const turns = [
  { content: [{ type: "tool-call", toolCallId: "1", toolName: "read_page", input: '{"title": "Event Bus"}' }], finishReason: { unified: "tool-calls" } },
  { content: [{ type: "text", text: "done" }], finishReason: { unified: "stop" } },
];
const seen = [];
const model = new MockLanguageModelV3({
  doGenerate: async (options) => {
    seen.push(options);
    return { ...turns[seen.length - 1], usage, warnings: [] };
  },
});
const { steps, text } = await generateText({ model, tools, prompt: "Read it.", stopWhen: stepCountIs(3) });
check("every tool is bound", seen[0].tools.length === listed.length);
check(
  "with the schema that the endpoint lists",
  listed.every(({ name, inputSchema }) => {
    const bound = seen[0].tools.find((tool) => tool.name === name);
    return JSON.stringify(bound?.inputSchema) === JSON.stringify(inputSchema);
  }),
);
const result = steps[0].toolResults[0]?.output;
check("a call reads a page as Markdown", result?.data?.format === "markdown" && text === "done");
process.exit(failed ? 1 : 0);
