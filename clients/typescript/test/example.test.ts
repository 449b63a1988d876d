import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { session } from "./auth-client.ts";
import { all, API, making, Store, titles } from "./stack.ts";

process.env["NEXT_PUBLIC_API_URL"] = API;
Object.defineProperty(globalThis, "localStorage", { value: new Store() });
const { createTask, forgetToken, listTasks, outboxOf, tasks } = await import("./example.ts");

test("README.md contains example.ts unchanged", async () => {
  const [readme, example] = await Promise.all(
    ["../README.md", "example.ts"].map((name) => readFile(new URL(name, import.meta.url), "utf8")));
  assert.ok(readme!.includes(example!.replace('./auth-client.ts"', './auth-client"')));
});

test("on a server the front end of the README asks for no token", async () => {
  await assert.rejects(all(tasks), { message: "in the browser only: on a server, all users would share one token" });
  assert.equal(session.tokens, 0);
});

test("the README's front end creates, queues and lists tasks with one token, and has none after the sign-out", async () => {
  Object.defineProperty(globalThis, "window", { value: globalThis });
  await createTask("Buy milk");
  const refused: string[] = [];
  const outbox = outboxOf("me", (sentence) => refused.push(sentence));
  outbox.add(making("Buy bread"));
  outbox.add(making(""));
  assert.equal(await outbox.flush(), 0);
  assert.deepEqual(refused, ["create: task.title: must be 1 to 200 characters, got 0"]);
  assert.deepEqual(titles(await listTasks()), ["Buy bread", "Buy milk"]);
  assert.equal(session.tokens, 1);
  session.user = undefined;
  forgetToken();
  await assert.rejects(all(tasks), { message: "signed out" });
});
