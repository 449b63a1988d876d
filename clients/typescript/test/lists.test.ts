import assert from "node:assert/strict";
import { test } from "node:test";
import { type ChangesPage, ME, type Task, type TaskClient, unwrap } from "task-api-client";
import { all, client, making, proxy, someone, titles } from "./stack.ts";

async function make(of: TaskClient, ...names: string[]): Promise<Task[]> {
  const body = { operations: names.map(making) };
  const { results } = await unwrap(of.http.POST("/api/{user_id}/tasks/batch", { params: { path: ME }, body }));
  return results.map((result) => (result as { task: Task }).task);
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `Task ${index}`);

/** A copy of the tasks, updated as the README says. */
class Copy {
  tasks = new Map<string, Task>();
  next: string | undefined;
  fresh = 0;

  take({ tasks, deleted, next, fresh }: ChangesPage) {
    if (fresh) {
      this.fresh++;
      this.tasks.clear();
    }
    for (const task of tasks) this.tasks.set(task.id, task);
    for (const id of deleted) this.tasks.delete(id);
    this.next = next;
  }

  async isOf(of: TaskClient) {
    const sorted = (tasks: Iterable<Task>) => [...tasks].sort((a, b) => (a.id < b.id ? -1 : 1));
    assert.deepEqual(sorted(this.tasks.values()), sorted(await all(of)));
  }
}

test("the pages have every task once, even if a task is deleted meanwhile", async () => {
  const mine = client();
  const made = await make(mine, ...numbered(25));
  const sizes: number[] = [];
  const ids: string[] = [];
  for await (const { tasks, total } of mine.pages({ limit: 7, sort: "position" })) {
    if (sizes.length === 0) assert.equal(total, 25);
    sizes.push(tasks.length);
    ids.push(...tasks.map(({ id }) => id));
    if (sizes.length === 1) {
      const before = { path: { ...ME, task_id: made[0]!.id } };
      await unwrap(mine.http.DELETE("/api/{user_id}/tasks/{task_id}", { params: before }));
    }
  }
  assert.deepEqual(sizes, [7, 7, 7, 4]);
  assert.deepEqual(ids, made.map(({ id }) => id));
});

test("the pages respect filters with several values and any text", async () => {
  const mine = client();
  const tags = ["home & garden", "2026"];
  for (const title of ["100% a+b?", "100% A+B?", "other"]) {
    await mine.create({ title, tags, priority: "high" });
    await mine.create({ title, tags: ["2026"], priority: "low" });
  }
  const found: string[] = [];
  const query = { tags, priority: ["high", "medium"] as ("high" | "medium")[], search: "% a+b?", limit: 1, count: true };
  for await (const { tasks, total } of mine.pages(query)) {
    assert.equal(total, 2);
    found.push(...titles(tasks));
  }
  assert.deepEqual(found, ["100% A+B?", "100% a+b?"]);
});

test("the pages are found if a proxy adds a prefix to the path", async (t) => {
  const user = someone();
  await make(client({}, user), ...numbered(3));
  const { url, seen } = await proxy(t);
  const found: Task[] = [];
  for await (const { tasks } of client({ baseUrl: `${url}/prefix/` }, user).pages({ limit: 2 })) found.push(...tasks);
  assert.equal(found.length, 3);
  assert.ok(seen.every(({ path }) => path.startsWith("/prefix/api/me/tasks?")));
});

test("the export includes the trash", async () => {
  const mine = client();
  const [first] = await make(mine, "Kept", "Thrown away");
  await unwrap(mine.http.DELETE("/api/{user_id}/tasks/{task_id}", { params: { path: { ...ME, task_id: first!.id } } }));
  const found: Task[] = [];
  for await (const { tasks } of mine.exported()) found.push(...tasks);
  assert.deepEqual(titles(found), ["Thrown away", "Kept"]);
});

test("the changes since a token are returned, and then the iteration ends", async () => {
  const mine = client();
  const copy = new Copy();
  for (let batch = 0; batch < 6; batch++) await make(mine, ...numbered(batch < 5 ? 100 : 1)); // more than a page
  for await (const page of mine.changes()) copy.take(page);
  assert.equal(copy.fresh, 1);
  assert.equal(copy.tasks.size, 501);
  const [added] = await make(mine, "Another one");
  const pages: ChangesPage[] = [];
  for await (const page of mine.changes({ since: copy.next })) pages.push(page);
  assert.deepEqual(pages.map(({ tasks, fresh }) => ({ tasks, fresh })), [{ tasks: [added], fresh: false }]);
});

test("a copy follows the list during writes", async () => {
  const mine = client();
  const copy = new Copy();
  let writing = true;
  let asked = 0;
  async function write(writer: number) {
    for (let turn = 0; turn < 8; turn++) {
      const task = await mine.create({ title: `${writer}: ${turn}` });
      const params = { path: { ...ME, task_id: task.id } };
      await unwrap(mine.http.PATCH("/api/{user_id}/tasks/{task_id}", { params, body: { priority: "high" } }));
      if (turn % 2) await unwrap(mine.http.DELETE("/api/{user_id}/tasks/{task_id}", { params }));
      if (turn % 4 === 3) await unwrap(mine.http.POST("/api/{user_id}/tasks/{task_id}/restore", { params }));
    }
  }
  async function follow() {
    for (let last = false; !last; asked++) {
      last = !writing;
      for await (const page of mine.changes({ since: copy.next })) copy.take(page);
    }
  }
  const following = follow();
  await Promise.all([1, 2, 3].map(write));
  writing = false;
  await following;
  assert.ok(asked > 3, `asked ${asked} times`);
  assert.equal(copy.tasks.size, 18);
  await copy.isOf(mine);
});

test("a follower that waits continues, also after a temporary failure", async (t) => {
  const user = someone();
  const writer = client({}, user);
  let down = false;
  const { url, seen } = await proxy(t, () => (down ? { status: 503 } : "pass"));
  const stop = new AbortController();
  let waits = 0;
  async function wait() {
    if (++waits === 1) down = true;
    if (waits === 2) {
      down = false;
      await make(writer, "Made meanwhile");
    }
    if (waits === 3) stop.abort();
  }
  const copy = new Copy();
  const follower = client({ baseUrl: url, retries: 0 }, user).changes({ wait, signal: stop.signal });
  await assert.rejects(async () => { for await (const page of follower) copy.take(page); }, { name: "AbortError" });
  assert.equal(seen.length, 3);
  assert.equal(copy.fresh, 1);
  await copy.isOf(writer);
});

test("a follower that does not wait throws an error", async (t) => {
  const { url } = await proxy(t, () => ({ status: 503 }));
  await assert.rejects(client({ baseUrl: url, retries: 0 }).changes().next(), { status: 503 });
});

test("changes that the API no longer knows start again as fresh ones", async (t) => {
  const user = someone();
  const { url, seen } = await proxy(t);
  const mine = client({ baseUrl: url }, user);
  const copy = new Copy();
  await make(mine, "From before");
  for await (const page of mine.changes()) copy.take(page);
  await unwrap(mine.http.DELETE("/api/{user_id}", { params: { path: ME } }));
  await make(mine, "From after");
  for await (const page of mine.changes({ since: copy.next })) copy.take(page);
  assert.equal(seen.at(-2)!.answer!.status, 410);
  assert.equal(copy.fresh, 2);
  await copy.isOf(mine);
  assert.deepEqual(titles([...copy.tasks.values()]), ["From after"]);
});
