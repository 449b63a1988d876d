import assert from "node:assert/strict";
import { test } from "node:test";
import { ME, newId, type Task, TaskApiError, type TaskClient, unwrap } from "task-api-client";
import { all, client, proxy, someone, titles, tokenOf } from "./stack.ts";

const TASKS = "/api/{user_id}/tasks";
const TASK = "/api/{user_id}/tasks/{task_id}";
const path = ME;
const at = (task: Task) => ({ ...ME, task_id: task.id });

test("after an expired token, a new one is requested once", async () => {
  const user = someone();
  const asked: boolean[] = [];
  const token = (renew: boolean) => (asked.push(renew), tokenOf(user, renew ? 3600 : -3600));
  const { http } = client({ token });
  const { data, response } = await http.POST(TASKS, { params: { path }, body: { title: "Buy milk" } });
  assert.equal(response.status, 201);
  assert.equal(data?.owner_user_id, user);
  assert.deepEqual(asked, [false, true]);
});

test("a token that is refused twice is a 401", async () => {
  const asked: boolean[] = [];
  const token = async (renew: boolean) => (asked.push(renew), tokenOf("nobody", -3600));
  await assert.rejects(client({ token }).create({ title: "Buy milk" }), { status: 401, passing: false });
  assert.deepEqual(asked, [false, true]);
});

test("a token is requested before each request", async () => {
  let user = someone();
  const mine = client({ token: () => tokenOf(user) });
  assert.equal((await mine.create({ title: "Buy milk" })).owner_user_id, user);
  user = someone();
  assert.equal((await mine.create({ title: "Buy milk" })).owner_user_id, user);
});

test("without a token nothing is sent, and the callback's own error is thrown", async (t) => {
  const { url, seen } = await proxy(t);
  const signedOut = new Error("signed out");
  const token = () => Promise.reject(signedOut);
  await assert.rejects(client({ baseUrl: url, token }).create({ title: "Buy milk" }), signedOut);
  assert.equal(seen.length, 0);
});

test("after a 503 the client waits as long as Retry-After says", async (t) => {
  const { url, seen } = await proxy(t, (_, index) =>
    index === 0 ? { status: 503, headers: { "retry-after": "1" } } : "pass");
  const began = performance.now();
  assert.deepEqual(await all(client({ baseUrl: url })), []);
  assert.ok(performance.now() - began >= 1000);
  assert.equal(seen.length, 2);
});

test("the number of retries is limited", async (t) => {
  const { url, seen } = await proxy(t, () => ({ status: 503 }));
  const error = await all(client({ baseUrl: url, retries: 2 })).catch((error) => error);
  assert.ok(error instanceof TaskApiError && error.status === 503 && error.passing);
  assert.equal(seen.length, 3);
});

test("the client does not wait for a Retry-After that is too long", async (t) => {
  const { url, seen } = await proxy(t, () => ({ status: 503, headers: { "retry-after": "21" } }));
  await assert.rejects(all(client({ baseUrl: url })), { status: 503 });
  assert.equal(seen.length, 1);
});

test("a permanent error is thrown at once, with a sentence for people", async (t) => {
  const { url, seen } = await proxy(t);
  const error = await client({ baseUrl: url }).create({ title: " " }).catch((error) => error);
  assert.equal(error.message, "title: must be 1 to 200 characters, got 0");
  assert.equal(error.body.code, "validation_failed");
  assert.equal(typeof error.requestId, "string");
  assert.equal(seen.length, 1);
});

const header = { "Idempotency-Key": newId() };
const operations = [{ op: "create", task: { title: "Buy bread" } } as const];
const calls: [name: string, sends: number, call: (http: TaskClient["http"], task: Task) => Promise<{ response: Response }>][] = [
  ["a read", 2, (http, task) => http.GET(TASK, { params: { path: at(task) } })],
  ["a PATCH", 2, (http, task) => http.PATCH(TASK, { params: { path: at(task) }, body: { priority: "high" } })],
  ["a PUT", 2, (http, task) => http.PUT(TASK, { params: { path: at(task) }, body: task })],
  ["a delete", 2, (http, task) => http.DELETE(TASK, { params: { path: at(task) } })],
  ["a restore", 2, (http, task) => http.POST(`${TASK}/restore`, { params: { path: at(task) } })],
  ["a move", 2, (http, task) => http.POST(`${TASK}/move`, { params: { path: at(task) }, body: { after: null } })],
  ["a completion that names the state", 2, (http, task) =>
    http.PATCH(`${TASK}/complete`, { params: { path: at(task) }, body: { completed: true } })],
  ["a create with a key", 2, (http) => http.POST(TASKS, { params: { path, header }, body: { title: "Buy bread" } })],
  ["a batch with a key", 2, (http) => http.POST(`${TASKS}/batch`, { params: { path, header }, body: { operations } })],
  ["the erasure of the account", 2, (http) => http.DELETE("/api/{user_id}", { params: { path } })],
  ["a completion without a body", 1, (http, task) => http.PATCH(`${TASK}/complete`, { params: { path: at(task) } })],
  ["a completion without a state", 1, (http, task) =>
    http.PATCH(`${TASK}/complete`, { params: { path: at(task) }, body: {} })],
  ["a create without a key", 1, (http) => http.POST(TASKS, { params: { path }, body: { title: "Buy bread" } })],
  ["a batch without a key", 1, (http) => http.POST(`${TASKS}/batch`, { params: { path }, body: { operations } })],
  ["a write with If-Match", 1, (http, task) =>
    http.PATCH(TASK, { params: { path: at(task), header: { "If-Match": `"2.${task.revision}"` } }, body: { priority: "high" } })],
];
for (const [name, sends, call] of calls) {
  test(`${name} is sent ${sends === 2 ? "again" : "once"} when the answer is lost`, async (t) => {
    const user = someone();
    const task = await client({}, user).create({ title: "Buy milk" });
    const { url, seen } = await proxy(t, (_, index) => (index === 0 ? "lose" : "pass"));
    const outcome = call(client({ baseUrl: url }, user).http, task);
    if (sends === 1) {
      await assert.rejects(outcome, { status: 0, passing: true, message: "The API cannot be reached right now." });
    } else {
      assert.ok((await outcome).response.ok);
    }
    assert.equal(seen.length, sends);
    assert.ok(seen[0]!.answer!.ok, "it was done the first time");
  });
}

test("the first delete of a missing task stays a 404", async () => {
  const { http } = client();
  const call = http.DELETE(TASK, { params: { path: { ...ME, task_id: newId() } } });
  await assert.rejects(unwrap(call), { status: 404, message: "There is no such task." });
});

for (const action of ["lose", "half", "refuse"] as const) {
  test(`a create makes one task, even if the connection breaks (${action})`, async (t) => {
    const user = someone();
    const { url, seen } = await proxy(t, (_, index) => (index === 0 ? action : "pass"));
    const task = await client({ baseUrl: url }, user).create({ title: "Buy milk" });
    assert.equal(seen.length, 2);
    assert.deepEqual(await all(client({}, user)), [task]);
    assert.equal(JSON.parse(seen[0]!.body).id, task.id, "the client chose the id");
  });
}

test("a create that is repeated later with its id makes one task", async (t) => {
  const user = someone();
  const { url } = await proxy(t, () => "lose");
  const task = { id: newId(), title: "Buy milk" };
  await assert.rejects(client({ baseUrl: url, retries: 0 }, user).create(task), { status: 0 });
  const made = await client({}, user).create(task);
  assert.equal(made.id, task.id);
  assert.deepEqual(await all(client({}, user)), [made]);
});

test("two equal creates make two tasks", async () => {
  const mine = client();
  await mine.create({ title: "Buy milk" });
  await mine.create({ title: "Buy milk" });
  assert.deepEqual(titles(await all(mine)), ["Buy milk", "Buy milk"]);
});

test("a request that hangs is cancelled", async (t) => {
  const { url } = await proxy(t);
  const fetch = async (request: Request) => (await new Promise((_, no) => (request.signal.onabort = no)), new Response());
  await assert.rejects(client({ baseUrl: url, fetch, timeout: 0.05, retries: 1 }).create({ title: "Buy milk" }), { status: 0 });
});

test("a request that its signal cancels is not retried", async (t) => {
  const { url, seen } = await proxy(t, () => ({ status: 503, headers: { "retry-after": "10" } }));
  const stop = new AbortController();
  const began = performance.now();
  setTimeout(() => stop.abort(), 200);
  await assert.rejects(client({ baseUrl: url }).pages({}, { signal: stop.signal }).next(), { name: "AbortError" });
  assert.ok(performance.now() - began < 5000);
  assert.equal(seen.length, 1);
});

test("ids are UUIDs of version 7, in the order of their creation", async () => {
  const first = newId();
  await new Promise((passed) => setTimeout(passed, 2));
  const more = Array.from({ length: 1000 }, newId);
  for (const id of more) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(id > first);
  }
  assert.equal(new Set(more).size, 1000);
  assert.ok(Math.abs(parseInt(first.replace("-", "").slice(0, 12), 16) - Date.now()) < 60_000);

});
