// Opens the interactive documentation of the demo in a real browser, and uses it as somebody would who has a secret.
// browser.mjs ADDRESS-OF-THE-ENDPOINT SECRET BROWSER
import { createRequire } from "node:module";

const [address, secret, executablePath] = process.argv.slice(2);
const puppeteer = createRequire(`${process.env.INTEROP_NODE_MODULES}/`)("puppeteer-core");
let failed = false;
const check = (holds, what, seen) => {
  failed ||= !holds;
  console.log(holds ? `ok    ${what}` : `FAIL  ${what}: ${JSON.stringify(seen)}`);
};

const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
const elsewhere = [];
const complaints = [];
page.on("request", (request) => {
  const url = new URL(request.url());
  if (url.protocol !== "data:" && url.origin !== new URL(address).origin) elsewhere.push(request.url());
});
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
page.on("pageerror", (error) => complaints.push(error.message));

// Calls an operation from the page, and gives what the page shows of the answer.
const execute = async (id, body) => {
  const block = `[id$="-${id}"]`;
  await page.click(`${block} .opblock-summary-control`);
  await page.waitForSelector(`${block} .execute`);
  if (body) {
    await page.click(`${block} textarea`);
    await page.keyboard.down("Control");
    await page.keyboard.press("a");
    await page.keyboard.up("Control");
    await page.keyboard.type(JSON.stringify(body));
  }
  await page.click(`${block} .execute`);
  const answer = await page.waitForSelector(`${block} .live-responses-table .response`);
  return answer.evaluate((element) => element.innerText);
};

await page.goto(`${address}/docs/`, { waitUntil: "networkidle0" });
const operations = await page.$$eval(".opblock", (blocks) => blocks.length);
check(operations >= 13, "the page shows every operation", operations);
const refused = await execute("getPageTree");
check(refused.includes("401"), "without the secret the service refuses", refused);
await page.click(".btn.authorize");
await page.type(".auth-container input", secret);
await page.click(".auth-btn-wrapper .authorize");
await page.click(".auth-btn-wrapper .btn-done");
const listed = await execute("listSubpages");
check(listed.includes("Caching Architecture"), "with it the page lists pages", listed);
const created = await execute("createPage", { title: "From a browser", body: "Hello **you**" });
check(created.includes('"message": "Page created."'), "and creates one", created);
check(elsewhere.length === 0, "nothing is loaded from elsewhere", elsewhere);
const unexpected = complaints.filter((text) => !text.includes("401"));
check(unexpected.length === 0, "the browser complains of nothing but the refusal", unexpected);
await browser.close();
process.exit(failed ? 1 : 0);
