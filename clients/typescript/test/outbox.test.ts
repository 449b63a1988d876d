import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { newId, type Operation, Outbox, type OutboxOptions, type Refusal } from "task-api-client";
import { all, client, type Action, making, proxy, type Seen, someone, Store, titles } from "./stack.ts";

/** A user, a proxy in front of the API, and the reports of the user's outbox. */
async function stage(t: TestContext, action?: (request: Seen, index: number) => Action) {
  const user = someone();
  const done: string[] = [];
  const refused: [Operation, Refusal][] = [];
  const { url, seen } = await proxy(t, action);
  const options = {
    name: `outbox ${user}`,
    onDone: (operation: Operation, { status }: { status: number }) => done.push(`${operation.op} ${status}`),
    onRefused: (operation: Operation, refusal: Refusal) => refused.push([operation, refusal]),
  };
  const outbox = (storage: Store, more: Partial<OutboxOptions> = {}) =>
    new Outbox(client({ baseUrl: url, retries: 0 }, user), { storage, ...options, ...more });
  const keys = () => seen.map(({ headers }) => headers["idempotency-key"]);
  return { mine: client({}, user), name: options.name, outbox, done, refused, seen, keys };
}

test("the queue is sent in its order, as one batch", async (t) => {
  const { mine, outbox, done, seen } = await stage(t);
  const storage = new Store();
  const box = outbox(storage);
  const id = box.add(making("Buy milk"));
  box.add({ op: "update", id, task: { title: "Buy oat milk" } });
  box.add(making("Buy bread"));
  box.add({ op: "move", id, before: null });
  box.add({ op: "complete", id, completed: true });
  assert.deepEqual(box.pending().map(({ op }) => op), ["create", "update", "create", "move", "complete"]);
  assert.equal(await box.flush(), 0);
  const tasks = await all(mine);
  assert.deepEqual(titles(tasks), ["Buy bread", "Buy oat milk"]);
  assert.equal(tasks[1]!.id, id);
  assert.deepEqual(done, ["create 201", "update 200", "create 201", "move 200", "complete 200"]);
  assert.equal(seen.length, 1);
  assert.equal(storage.length, 0);
  assert.equal(await box.flush(), 0);
  assert.equal(seen.length, 1, "an empty queue sends nothing");
});

test("the queue survives a reload before it is sent", async (t) => {
  const storage = new Store();
  const stored: [string, string][][] = [];
  const { mine, outbox, done, keys } = await stage(t, (_, index) => {
    stored.push([...storage.items]);
    return index === 0 ? "refuse" : "pass";
  });
  const before = outbox(storage);
  before.add(making("Buy milk"));
  before.add(making("Buy bread"));
  assert.equal(await before.flush(), 2);
  assert.deepEqual(await all(mine), []);
  before.add(making("Buy salt"));

  assert.ok(stored[0]!.some(([, value]) => value.includes(keys()[0] as string)), "the key was stored before it was sent");
  const box = outbox(storage.reloaded());
  assert.equal(box.pending().length, 3);
  assert.equal(await box.flush(), 0);
  assert.deepEqual(titles(await all(mine)), ["Buy milk", "Buy bread", "Buy salt"]);
  assert.equal(done.length, 3);
  assert.equal(keys()[0], keys()[1], "the first batch is repeated unchanged");
  assert.notEqual(keys()[1], keys()[2]);
});

test("a batch is done once, even if the answer was lost and the page was reloaded", async (t) => {
  const { mine, outbox, done, seen, keys } = await stage(t, (_, index) => (index === 0 ? "lose" : "pass"));
  const storage = new Store();
  outbox(storage).add(making("Buy milk"));
  outbox(storage).add({ op: "create", task: { title: "Buy bread", id: newId() } });
  assert.equal(await outbox(storage).flush(), 2);
  assert.equal((await all(mine)).length, 2, "it was done");
  const again = storage.reloaded();
  outbox(again).add(making("Buy salt"));
  assert.equal(await outbox(again).flush(), 0);
  assert.deepEqual(titles(await all(mine)), ["Buy milk", "Buy bread", "Buy salt"]);
  assert.equal(keys()[0], keys()[1]);
  assert.equal(seen[1]!.answer!.headers.get("idempotency-replayed"), "true");
  assert.equal(done.length, 3);
});

test("a batch is done once, even if the page was closed before it cleared its queue", async (t) => {
  const { mine, outbox, done, seen } = await stage(t);
  const storage = new Store();
  outbox(storage).add(making("Buy milk"));
  outbox(storage).add(making("Buy bread"));
  let left = new Store();
  let answers = 0;
  await outbox(storage, { onDone: () => { if (++answers === 2) left = storage.reloaded(); } }).flush();
  assert.equal(outbox(left).pending().length, 1, "one of two was removed from the queue");
  assert.equal(await outbox(left).flush(), 0);
  assert.deepEqual(titles(await all(mine)), ["Buy milk", "Buy bread"]);
  assert.equal(seen[1]!.answer!.headers.get("idempotency-replayed"), "true");
  assert.equal(done.length, 2);
  assert.equal(left.length, 0);
});

test("a refused operation is removed and reported, and the rest is sent with a new key", async (t) => {
  const { mine, outbox, done, refused, keys } = await stage(t);
  const storage = new Store();
  const box = outbox(storage);
  box.add(making("Buy milk"));
  box.add({ op: "complete", id: newId(), completed: true });
  box.add(making(" "));
  box.add(making("Buy bread"));
  box.add({ op: "create", task: { title: "Buy salt", tags: ["a,b"] } });
  assert.equal(await box.flush(), 0);
  assert.deepEqual(titles(await all(mine)), ["Buy milk", "Buy bread"]);
  assert.deepEqual(done, ["create 201", "create 201"]);
  const told = refused.map(([{ op }, { status, code, message }]) => [op, status, code, message]);
  assert.deepEqual(told, [
    ["create", 400, "validation_failed", "task.title: must be 1 to 200 characters, got 0"],
    ["create", 400, "validation_failed", "task.tags: each must be without a comma"],
    ["complete", 404, "not_found", "id: There is no such task."],
  ]);
  assert.equal(new Set(keys()).size, 3);
  assert.equal(storage.length, 0);
});

test("an operation that cannot be read is found, and the rest is sent", async (t) => {
  const { mine, outbox, refused } = await stage(t);
  const box = outbox(new Store());
  const names = ["Buy milk", "Half a \ud800 character", "Buy bread", "Buy salt", "Buy oil"];
  names.forEach((name) => box.add(making(name)));
  assert.equal(await box.flush(), 0);
  assert.deepEqual(titles(await all(mine)), names.filter((_, index) => index !== 1));
  assert.equal(refused.length, 1);
  assert.equal((refused[0]![0] as { task: { title: string } }).task.title, names[1]);
});

test("operations that are too large together are sent in smaller batches", async (t) => {
  const { mine, outbox, refused, seen } = await stage(t);
  const box = outbox(new Store());
  for (let count = 0; count < 60; count++) box.add({ op: "create", task: { title: "Long", description: "€".repeat(8000) } });
  assert.equal(await box.flush(), 0);
  assert.equal(seen[0]!.answer!.status, 413);
  assert.equal((await all(mine)).length, 60);
  assert.equal(refused.length, 0);
});

test("more than 100 operations are several batches, in their order", async (t) => {
  const { mine, outbox, seen, keys } = await stage(t);
  const box = outbox(new Store());
  const names = Array.from({ length: 230 }, (_, index) => `Task ${index}`);
  names.forEach((name) => box.add(making(name)));
  assert.equal(await box.flush(), 0);
  assert.deepEqual(seen.map(({ body }) => JSON.parse(body).operations.length), [100, 100, 30]);
  assert.equal(new Set(keys()).size, 3);
  assert.deepEqual(titles(await all(mine)), names);
});

test("after a 503 the operations stay queued", async (t) => {
  const { mine, outbox, keys } = await stage(t, (_, index) => (index === 0 ? { status: 503 } : "pass"));
  const box = outbox(new Store());
  box.add(making("Buy milk"));
  assert.equal(await box.flush(), 1);
  assert.equal(await box.flush(), 0);
  assert.equal(keys()[0], keys()[1]);
  assert.deepEqual(titles(await all(mine)), ["Buy milk"]);
});

for (const [what, answer] of [
  ["the token is refused", { status: 401 }],
  ["the address is wrong", { status: 404, body: '{"message":"Not Found"}' }],
] as const) {
  test(`nothing is removed because ${what}`, async (t) => {
    const { outbox, refused } = await stage(t, () => answer);
    const box = outbox(new Store());
    box.add(making("Buy milk"));
    await assert.rejects(box.flush(), { status: answer.status });
    assert.equal(box.pending().length, 1);
    assert.equal(refused.length, 0);
  });
}

test("two tabs do not send the same queue at once", async (t) => {
  const { mine, outbox, seen } = await stage(t);
  const storage = new Store();
  const tabs = [outbox(storage), outbox(storage)];
  tabs.forEach((tab, index) => tab.add(making(`From tab ${index}`)));
  assert.deepEqual(await Promise.all(tabs.map((tab) => tab.flush())), [0, 0]);
  assert.equal(seen.length, 1);
  assert.deepEqual(titles(await all(mine)), ["From tab 0", "From tab 1"]);
});

test("two tabs without locks send the same batch with the same key, and it is done once", async (t) => {
  const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  if (navigator) {
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
    t.after(() => Object.defineProperty(globalThis, "navigator", navigator));
  }
  const { mine, outbox, keys, refused } = await stage(t);
  const storage = new Store();
  outbox(storage).add(making("Buy milk"));
  const other = storage.reloaded(); // it does not see what the first one stores later
  assert.deepEqual(await Promise.all([outbox(storage).flush(), outbox(other).flush()]), [0, 0]);
  assert.equal(keys().length, 2);
  assert.equal(keys()[0], keys()[1]);
  assert.equal((await all(mine)).length, 1);
  assert.equal(refused.length, 0);
});

test("one tab without locks sends one batch after the other", async (t) => {
  const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  if (navigator) {
    Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
    t.after(() => Object.defineProperty(globalThis, "navigator", navigator));
  }
  const { outbox, seen } = await stage(t);
  const box = outbox(new Store());
  box.add(making("Buy milk"));
  assert.deepEqual(await Promise.all([box.flush(), box.flush()]), [0, 0]);
  assert.equal(seen.length, 1);
});

test("the order is that of the calls, even if the clock is set back", async (t) => {
  const { outbox } = await stage(t);
  const storage = new Store();
  outbox(storage).add(making("Before"));
  t.mock.method(Date, "now", () => 1_000);
  outbox(storage).add(making("After"));
  assert.deepEqual(outbox(storage).pending().map((operation) => (operation as { task: { title: string } }).task.title),
    ["Before", "After"]);
});

test("a user's queue is not sent by another user", async (t) => {
  const { outbox, name, seen } = await stage(t);
  const storage = new Store();
  outbox(storage, { name: `${name}/and another` }).add(making("Buy milk"));
  outbox(storage, { name: `${name} too` }).add(making("Buy milk"));
  assert.deepEqual(outbox(storage).pending(), []);
  assert.equal(await outbox(storage).flush(), 0);
  assert.equal(seen.length, 0);
});
