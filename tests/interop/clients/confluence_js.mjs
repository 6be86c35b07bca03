// confluence.js, its v1 and v2 client, against the simulator as Cloud. Every answer that arrives has passed the
// client's own schemas, which it derives from Atlassian's documents: a deviation surfaces as a ZodError.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath, pathToFileURL } from "node:url";

// The packages live in a temporary folder (see README.md), so they are found through it and not beside this file.
const modules = path.join(process.env.INTEROP_NODE_MODULES ?? "node_modules", "confluence.js");
const { createV1Client, createV2Client } = await import(pathToFileURL(path.join(modules, "dist/index.js")));
const { version } = JSON.parse(readFileSync(path.join(modules, "package.json")));

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const binary = process.env.CONFLAGENT ?? path.join(root, "target/debug/conflagent");
const simulator = spawn(binary, ["simulate", "--listen", "127.0.0.1:0", "--deployment", "cloud"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const facts = {};
for await (const line of createInterface({ input: simulator.stdout })) {
  const [, name, value] = /^(\w+)=(.*)$/.exec(line);
  facts[name] = value;
  if (name === "root_page_id") break;
}

let passed = 0;
let failed = 0;
let known = 0;
/** Runs one check; `failsSince` is why it is known to fail, and passing is then a failure as well. */
async function check(sentence, work, failsSince) {
  try {
    await work();
    if (failsSince) throw new Error(`passes now, so this reason is out of date: ${failsSince}`, { cause: "passed" });
    passed += 1;
    console.log(`  ok   ${sentence}`);
  } catch (error) {
    if (failsSince && error.cause !== "passed") {
      known += 1;
      console.log(`  known ${sentence}: ${failsSince}`);
      return;
    }
    failed += 1;
    console.log(`  FAIL ${sentence}: ${error.name}: ${String(error.message).slice(0, 900)}`);
    if (error.cause) console.log(`       ${JSON.stringify(error.cause.issues ?? String(error.cause)).slice(0, 900)}`);
    if (error.body) console.log(`       ${JSON.stringify(error.body).slice(0, 400)}`);
  }
}

/** The error a call ends with, which is a fault when there is none. */
async function refused(status, call) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    assert.equal(error.status, status, `${error.name}: ${error.message}`);
    return JSON.stringify(error.body ?? error.message);
  }
  throw new Error(`was not refused but answered ${JSON.stringify(answer).slice(0, 300)}`);
}

const host = new URL(facts.base_url).origin;
const auth = { type: "basic", email: facts.email, apiToken: facts.api_token };
const v1 = createV1Client({ host, auth });
const v2 = createV2Client({ host, auth });
const rootId = facts.root_page_id;
const made = {};
const storage = (value) => ({ representation: "storage", value });
const read = (id) => v2.page.getPageById({ id: Number(id), bodyFormat: "storage" });

async function create(title, value, parentId) {
  return v2.page.createPage({ body: { spaceId: made.space, status: "current", title, parentId, body: storage(value) } });
}

async function every(list) {
  const rows = [];
  for (let cursor; ; ) {
    const answer = await list(cursor);
    rows.push(...answer.results);
    const next = answer._links?.next;
    if (!next) return rows;
    cursor = new URL(next, host).searchParams.get("cursor");
  }
}

console.log(`\nconfluence.js ${version}, v2 client, Cloud`);

await check("the space is found by its key and read by its id", async () => {
  const { results } = await v2.space.getSpaces({ keys: [facts.space_key] });
  made.space = results[0].id;
  assert.equal((await v2.space.getSpaceById({ id: Number(made.space) })).key, facts.space_key);
});

await check("a page is created below the root and reads back by id", async () => {
  for (const name of ["Alpha", "Beta"]) made[name] = (await create(name, `<p>${name}</p>`, rootId)).id;
  const page = await read(made.Alpha);
  assert.equal(page.body.storage.value, "<p>Alpha</p>");
  assert.equal(page.parentId, rootId);
  assert.equal(page.version.number, 1);
});

await check("a page reads with everything that can be included", async () => {
  const page = await v2.page.getPageById({
    id: Number(made.Alpha), bodyFormat: "storage", includeLabels: true, includeProperties: true,
    includeOperations: true, includeVersions: true, includeVersion: true, includeLikes: true,
    includeFavoritedByCurrentUserStatus: true, includeDirectChildren: true, includeCollaborators: true,
  });
  assert.equal(page.id, made.Alpha);
});

await check("a page is found by its title in any case, and an unknown title is not", async () => {
  const find = (title) => v2.page.getPages({ spaceId: [Number(made.space)], title, status: ["current"] });
  assert.deepEqual((await find("aLPHA")).results.map((row) => row.id), [made.Alpha]);
  assert.deepEqual((await find("No such page")).results, []);
});

await check("a second page of the same title, and a body that is not well-formed, are refused", async () => {
  assert.match(await refused(400, () => create("ALPHA", "<p/>", rootId)), /already exists/);
  await refused(400, () => create("Broken", "<p>open", rootId));
});

await check("an update makes the next version, and a stale one is refused with 409", async () => {
  const update = (number) => v2.page.updatePage({
    id: Number(made.Alpha),
    body: { id: made.Alpha, status: "current", title: "Alpha", body: storage("<p>two</p>"), version: { number } },
  });
  assert.equal((await update(2)).version.number, 2);
  assert.match(await refused(409, () => update(2)), /Version must be incremented/);
  assert.equal((await read(made.Alpha)).body.storage.value, "<p>two</p>");
});

await check("a title alone is changed", async () => {
  const page = await v2.page.updatePageTitle({ id: Number(made.Alpha), body: { status: "current", title: "Alpha II" } });
  assert.equal(page.title, "Alpha II");
});

await check("versions are listed with their bodies, and one is read", async () => {
  const { results } = await v2.version.getPageVersions({ id: Number(made.Alpha), bodyFormat: "storage" });
  assert.deepEqual(results.map((row) => row.number), [3, 2, 1]);
  const details = await v2.version.getPageVersionDetails({ pageId: Number(made.Alpha), versionNumber: 2 });
  assert.equal(details.number, 2);
});

await check("children and descendants are listed across pages of answers, ancestors from the top", async () => {
  const names = Array.from({ length: 30 }, (_, number) => `Leaf ${String(number).padStart(2, "0")}`);
  for (const name of names) made[name] = (await create(name, "", made.Beta)).id;
  const children = await every((cursor) =>
    v2.children.getPageDirectChildren({ id: Number(made.Beta), limit: 7, cursor }));
  assert.deepEqual(children.map((row) => row.title), names);
  const below = await every((cursor) =>
    v2.descendants.getPageDescendants({ id: Number(rootId), depth: 3, limit: 11, cursor }));
  assert.ok(names.every((name) => below.some((row) => row.title === name)));
  const { results } = await v2.ancestors.getPageAncestors({ id: Number(made["Leaf 00"]) });
  assert.deepEqual(results.slice(-2).map((row) => row.id), [rootId, made.Beta]);
});

await check("pages of the space are listed with bodies across pages of answers", async () => {
  const rows = await every((cursor) =>
    v2.page.getPagesInSpace({ id: Number(made.space), bodyFormat: "storage", limit: 10, cursor }));
  assert.ok(rows.some((row) => row.title === "Leaf 29"));
});

await check("a property is created, listed, updated with its version and deleted", async () => {
  const pageId = Number(made.Alpha);
  const property = await v2.contentProperties.createPageProperty({ pageId, key: "review", value: { by: "ada" } });
  const propertyId = Number(property.id);
  const update = (number) => v2.contentProperties.updatePagePropertyById({
    pageId, propertyId, key: "review", value: { by: "bob" }, version: { number },
  });
  assert.deepEqual((await update(2)).value, { by: "bob" });
  await refused(409, () => update(2));
  const { results } = await v2.contentProperties.getPageContentProperties({ pageId, key: "review" });
  assert.equal(results.length, 1);
  await v2.contentProperties.deletePagePropertyById({ pageId, propertyId });
  await refused(404, () => v2.contentProperties.getPageContentPropertiesById({ pageId, propertyId }));
});

await check("a folder is created, read, and lists the page inside", async () => {
  const folder = await v2.folder.createFolder({ body: { spaceId: made.space, title: "Drawer", parentId: rootId } });
  const inside = await create("Inside", "", folder.id);
  assert.equal(inside.parentType, "folder");
  assert.equal((await v2.folder.getFolderById({ id: Number(folder.id) })).title, "Drawer");
  const { results } = await v2.children.getFolderDirectChildren({ id: Number(folder.id) });
  assert.deepEqual(results.map((row) => row.id), [inside.id]);
  const types = await v2.content.convertContentIdsToContentTypes({ body: { contentIds: [folder.id, inside.id] } });
  assert.deepEqual(types.results, { [folder.id]: "folder", [inside.id]: "page" });
});

await check("a footer comment is made, answered, updated, listed and deleted", async () => {
  const comment = await v2.comment.createFooterComment({ pageId: made.Alpha, body: storage("<p>well said</p>") });
  const answer = await v2.comment.createFooterComment({ parentCommentId: comment.id, body: storage("<p>thanks</p>") });
  const update = { version: { number: 2 }, body: storage("<p>very well said</p>") };
  await v2.comment.updateFooterComment({ commentId: Number(comment.id), body: update });
  const { results } = await v2.comment.getPageFooterComments({ id: Number(made.Alpha), bodyFormat: "storage" });
  assert.deepEqual(results.map((row) => row.body.storage.value), ["<p>very well said</p>"]);
  const answers = await v2.comment.getFooterCommentChildren({ id: Number(comment.id) });
  assert.deepEqual(answers.results.map((row) => row.id), [answer.id]);
  await v2.comment.deleteFooterComment({ commentId: Number(comment.id) });
  await refused(404, () => v2.comment.getFooterCommentById({ commentId: Number(comment.id) }));
});

await check("tasks of a page are listed and ticked off", async () => {
  const list = "<ac:task-list><ac:task><ac:task-id>1</ac:task-id><ac:task-status>incomplete</ac:task-status>" +
    "<ac:task-body>sweep</ac:task-body></ac:task></ac:task-list>";
  const page = await create("Chores", list, rootId);
  const [task] = (await v2.task.getTasks({ pageId: [Number(page.id)], status: "incomplete" })).results;
  await v2.task.updateTask({ id: Number(task.id), body: { status: "complete" } });
  assert.equal((await v2.task.getTaskById({ id: Number(task.id) })).status, "complete");
});

await check("users are looked up in bulk", async () => {
  const me = await v1.users.getCurrentUser();
  const { results } = await v2.user.createBulkUserLookup({ body: { accountIds: [me.accountId] } });
  assert.equal(results[0].displayName, me.displayName);
});

await check("what never was is a 404 that names the id", async () => {
  assert.match(await refused(404, () => read(999999999)), /999999999/);
});

console.log(`\nconfluence.js ${version}, v1 client, Cloud`);

await check("the caller is known, and another user by account", async () => {
  const me = await v1.users.getCurrentUser();
  assert.equal(me.type, "known");
  assert.equal((await v1.users.getUser({ accountId: me.accountId })).accountId, me.accountId);
});

await check("labels are added and removed, and v2 lists them", async () => {
  const labels = await v1.contentLabels.addLabelsToContent({
    id: made.Alpha, body: [{ prefix: "global", name: "first" }, { prefix: "global", name: "second" }],
  });
  assert.equal(labels.results.length, 2);
  await v1.contentLabels.removeLabelFromContentUsingQueryParameter({ id: made.Alpha, name: "first" });
  const { results } = await v2.label.getPageLabels({ id: Number(made.Alpha) });
  assert.deepEqual(results.map((row) => row.name), ["second"]);
  await refused(404, () => v1.contentLabels.removeLabelFromContentUsingQueryParameter({ id: made.Alpha, name: "first" }));
});

await check("CQL finds pages by title, text, ancestor and label, across pages of answers", async () => {
  for (const [cql, expected] of [
    ['type = page and title = "Alpha II"', [made.Alpha]],
    [`space = "${facts.space_key}" and text ~ "two" and label = "second"`, [made.Alpha]],
    [`ancestor = ${made.Beta} and title ~ "Leaf 07"`, [made["Leaf 07"]]],
  ]) {
    const { results } = await v1.search.searchByCQL({ cql, excerpt: "highlight" });
    const ids = results.map((row) => row.content.id);
    assert.ok(expected.every((id) => ids.includes(id)), `${cql}: ${ids}`);
  }
  const rows = await every((cursor) => v1.search.searchByCQL({ cql: `parent = ${made.Beta}`, limit: 7, cursor }));
  assert.equal(rows.length, 30);
  await refused(400, () => v1.search.searchByCQL({ cql: "this is not ( a query" }));
});

await check("content search answers with pages", async () => {
  const { results } = await v1.content.searchContentByCQL({ cql: `id = ${made.Alpha}`, expand: ["body.storage", "version"] });
  assert.equal(results[0].body.storage.value, "<p>two</p>");
});

await check("users are found with CQL", async () => {
  const { results } = await v1.search.searchUser({ cql: 'user.fullname ~ "Agent"' });
  assert.ok(results.length > 0);
});

await check("an attachment is uploaded, replaced, listed, downloaded and deleted", async () => {
  const attachment = { filename: "data.csv", content: "col\n1\n" };
  const created = await v1.contentAttachments.createAttachment({ id: made.Alpha, attachments: [attachment] });
  const { id } = created.results[0];
  await refused(400, () => v1.contentAttachments.createAttachment({ id: made.Alpha, attachments: [attachment] }));
  const replacement = { ...attachment, content: "col\n2\n" };
  await v1.contentAttachments.createOrUpdateAttachments({ id: made.Alpha, attachments: [replacement] });
  const { results } = await v2.attachment.getPageAttachments({ id: Number(made.Alpha) });
  assert.deepEqual(results.map((row) => [row.id, row.title, row.version.number]), [[id, "data.csv", 2]]);
  const bytes = await v1.contentAttachments.downloadAttatchment({ id: made.Alpha, attachmentId: id });
  assert.equal(Buffer.from(bytes).toString(), "col\n2\n");
  assert.equal((await v2.attachment.getAttachmentById({ id })).title, "data.csv");
  await v2.attachment.deleteAttachment({ id });
});

await check("a page moves below, before and after another, but not into its own subtree", async () => {
  const move = (pageId, position, targetId) =>
    v1.contentChildrenAndDescendants.movePage({ pageId, position, targetId });
  assert.equal((await move(made.Alpha, "append", made.Beta)).pageId, made.Alpha);
  assert.equal((await read(made.Alpha)).parentId, made.Beta);
  await move(made.Alpha, "before", made["Leaf 00"]);
  const { results } = await v2.children.getPageDirectChildren({ id: Number(made.Beta), limit: 2 });
  assert.deepEqual(results.map((row) => row.id), [made.Alpha, made["Leaf 00"]]);
  await refused(400, () => move(made.Beta, "append", made.Alpha));
});

await check("an old version is restored", async () => {
  const params = { versionNumber: 1, message: "back", restoreTitle: false };
  await v1.contentVersions.restoreContentVersion({ id: made.Alpha, operationKey: "restore", params });
  assert.equal((await read(made.Alpha)).body.storage.value, "<p>Alpha</p>");
});

await check("a page is copied", async () => {
  const destination = { type: "parent_page", value: rootId };
  const copy = await v1.contentChildrenAndDescendants.copyPage({ id: made.Alpha, destination, pageTitle: "Alpha copy" });
  assert.equal((await read(copy.id)).title, "Alpha copy");
});

await check("a tree is copied as a long task", async () => {
  const task = await v1.contentChildrenAndDescendants.copyPageHierarchy({
    id: made.Alpha, destinationPageId: rootId, titleOptions: { prefix: "Twin of " }, copyDescendants: true,
  });
  const status = await v1.longRunningTask.getTask({ id: task.id });
  assert.equal(typeof status.percentageComplete, "number");
});

await check("restrictions and groups read", async () => {
  const restrictions = await v1.contentRestrictions.getRestrictions({ id: made.Alpha });
  assert.ok(Array.isArray(restrictions.results));
  assert.ok((await v1.group.getGroups({})).results.length > 0);
});

await check("labelled content reads", async () => {
  assert.ok((await v1.labelInfo.getAllLabelContent({ name: "second" })).label);
});

await check("permissions are checked", async () => {
  const me = await v1.users.getCurrentUser();
  const may = await v1.contentPermissions.checkContentPermission({
    id: made.Alpha, subject: { type: "user", identifier: me.accountId }, operation: "update",
  });
  assert.equal(may.hasPermission, true);
});

await check("storage converts to export view as a task", async () => {
  const task = await v1.contentBody.asyncConvertContentBodyRequest({
    to: "export_view", value: "<p>hi</p>", representation: "storage",
  });
  const result = await v1.contentBody.asyncConvertContentBodyResponse({ id: task.asyncId });
  assert.equal(result.status, "COMPLETED");
});

await check("pages are archived, and stay readable", async () => {
  await v1.content.archivePages({ pages: [{ id: Number(made["Leaf 29"]) }] });
  assert.equal((await read(made["Leaf 29"])).status, "archived");
});

await check("a deleted page is in the trash until it is purged; a tree is deleted as a long task", async () => {
  await v2.page.deletePage({ id: Number(made.Alpha) });
  assert.equal((await read(made.Alpha)).status, "trashed");
  await v2.page.deletePage({ id: Number(made.Alpha), purge: true });
  await refused(404, () => read(made.Alpha));
  await v1.experimental.deletePageTree({ id: made.Beta });
  assert.equal((await read(made.Beta)).status, "trashed");
});

await check("wrong credentials are hidden by v2 and refused by v1", async () => {
  const wrong = { ...auth, apiToken: "wrong" };
  await refused(404, () => createV2Client({ host, auth: wrong }).page.getPages({}));
  await refused(403, () => createV1Client({ host, auth: wrong }).users.getCurrentUser());
});

simulator.kill();
console.log(`\n${passed} passed, ${failed} failed, ${known} known to fail`);
process.exit(failed ? 1 : 0);
