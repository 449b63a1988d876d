/** The API that scripts/client.py has started, its users, and a proxy that loses and refuses requests. */
import { createHmac, randomUUID } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TestContext } from "node:test";
import { type ClientOptions, type Operation, type Task, TaskClient } from "task-api-client";

/** The API's address. */
export const API = process.env["API"] ?? "";
const SECRET = process.env["JWT_SECRET"] ?? "";
if (!API || !SECRET) throw new Error("These tests need the API: `make client` starts it.");

/** The id of a new user. */
export const someone = () => `user-${randomUUID()}`;

/** A bearer token of this user, which expires after this many seconds. */
export function tokenOf(user: string, seconds = 3600): string {
  const now = Math.floor(Date.now() / 1000);
  const parts = [{ alg: "HS256", typ: "JWT" }, { sub: user, iat: now - 7200, exp: now + seconds }];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/** A client for this user, or for a new one. */
export function client(options: Partial<ClientOptions> = {}, user = someone()): TaskClient {
  return new TaskClient({ baseUrl: API, token: () => tokenOf(user), ...options });
}

/** All tasks of the list. */
export async function all(of: TaskClient): Promise<Task[]> {
  const tasks = [];
  for await (const page of of.pages({ sort: "position", limit: 500 })) tasks.push(...page.tasks);
  return tasks;
}

export const titles = (tasks: Task[]) => tasks.map(({ title }) => title);

export interface Seen {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  /** The API's answer, if the request reached the API. */
  answer?: Response;
}

/**
 * What the proxy does with a request: `pass` it on, `refuse` it, pass it on and `lose` the answer or the second `half`
 * of it, or answer at once with this.
 */
export type Action = "pass" | "refuse" | "lose" | "half" | { status: number; headers?: Record<string, string>; body?: string };

/** A proxy in front of the API for the length of a test. `action` decides what it does with each request. */
export async function proxy(t: TestContext, action: (request: Seen, index: number) => Action = () => "pass") {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url: path = "", headers } = request;
    const one: Seen = { method, path, headers, body: await text(request) };
    const what = action(one, seen.push(one) - 1);
    if (what === "refuse") return void request.socket.destroy();
    if (typeof what === "object") return void response.writeHead(what.status, what.headers).end(what.body);
    const { host: _, connection: __, "content-length": ___, ...passed } = headers;
    const init = { method, headers: passed as Record<string, string>, ...(one.body && { body: one.body }) };
    one.answer = await fetch(API + path.replace(/^\/prefix/, ""), init);
    const body = Buffer.from(await one.answer.arrayBuffer());
    if (what === "lose") return void request.socket.destroy();
    const { "content-encoding": ____, "transfer-encoding": _____, ...answered } = Object.fromEntries(one.answer.headers);
    response.writeHead(one.answer.status, answered);
    if (what === "pass") return void response.end(body);
    response.write(body.subarray(0, body.length / 2), () => setTimeout(() => request.socket.destroy(), 50));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  t.after(() => (server.close(), server.closeAllConnections()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** A replacement for a browser's `localStorage`. */
export class Store {
  items: Map<string, string>;

  constructor(items: Iterable<[string, string]> = []) {
    this.items = new Map(items);
  }

  get length() {
    return this.items.size;
  }

  key(index: number) {
    return [...this.items.keys()][index] ?? null;
  }

  getItem(name: string) {
    return this.items.get(name) ?? null;
  }

  setItem(name: string, value: string) {
    this.items.set(name, String(value));
  }

  removeItem(name: string) {
    this.items.delete(name);
  }

  /** The same after a reload. */
  reloaded() {
    return new Store(JSON.parse(JSON.stringify([...this.items])));
  }
}

export const making = (title: string): Operation => ({ op: "create", task: { title } });
