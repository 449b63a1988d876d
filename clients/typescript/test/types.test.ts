import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import type { NewTask, Operation, Task } from "task-api-client";
// @ts-expect-error: it is not part of the package and has no types
import { generated, present } from "../generate.mjs";

const file = (name: string) => new URL(`../${name}`, import.meta.url);

test("src/api.ts agrees with openapi.yaml (npm run generate updates it)", async () => {
  assert.equal(await present(), await generated());
});

test("the handwritten code is under 250 lines", async () => {
  const names = ["client", "errors", "ids", "index", "outbox", "send"].map((name) => file(`src/${name}.ts`));
  const lines = (await Promise.all(names.map((name) => readFile(name, "utf8")))).join("\n").split("\n");
  const code = lines.filter((line) => !/^\s*($|\/\/|\/\*|\*)/.test(line)).length;
  assert.ok(code < 250, `${code} lines`);
});

test("the package only depends on openapi-fetch, and contains the files that its exports name", async () => {
  const { dependencies, exports, license, types } = JSON.parse(await readFile(file("package.json"), "utf8"));
  assert.deepEqual(Object.keys(dependencies), ["openapi-fetch"]);
  for (const path of [...Object.values<string>(exports["."]), types]) assert.ok(existsSync(file(path)), path);
  assert.match(await readFile(file("LICENSE"), "utf8"), new RegExp(`^${license} License`));
});

/** The type checker checks these: each line that is marked as an error must be one. */
export function typed(task: Task) {
  const made: NewTask = { title: "Buy milk", tags: ["home"], due_date: null };
  // @ts-expect-error: a task needs a title
  const untitled: NewTask = { tags: [] };
  // @ts-expect-error: there is no such priority
  const urgent: NewTask = { title: "Buy milk", priority: "urgent" };
  const operations: Operation[] = [
    { op: "create", task: made },
    { op: "update", id: task.id, task, if_match: task.revision },
    { op: "move", id: task.id, after: null },
    // @ts-expect-error: a completion in a batch says which state to set
    { op: "complete", id: task.id },
    // @ts-expect-error: there is no such operation
    { op: "archive", id: task.id },
  ];
  return [untitled, urgent, operations];
}
