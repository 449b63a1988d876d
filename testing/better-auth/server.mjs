/**
 * A Better Auth server on a free port of 127.0.0.1: `node server.mjs ALGORITHM`, which auth.mjs explains; or
 * `node server.mjs front-end`, the server of docs/front-end.md. That one keeps its users in a file in the current folder.
 *
 * It prints its address. Each line on its standard input is a command, and is answered by `done`: `rotate`, `withdraw`,
 * or `api URL`, which says where the task API is. It ends when standard input does, and so never outlives the test that
 * started it.
 */
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { createAuth, rotate, withdraw } from "./auth.mjs";
import "./next.mjs";

const algorithm = process.argv[2];
const commands = {
  rotate: () => rotate(auth),
  withdraw: () => withdraw(auth),
  api: (url) => (process.env.NEXT_PUBLIC_API_URL = url),
};

const server = createServer((request, response) => handle(request, response));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const auth = algorithm === "front-end" ? await frontEnd() : createAuth(baseURL, algorithm);
const handle = toNodeHandler(algorithm === "front-end" ? answer : auth);
console.log(baseURL);

for await (const line of createInterface({ input: process.stdin })) {
  const [command, ...options] = line.split(" ");
  await commands[command](...options);
  console.log("done");
}
process.exit();

/** Its tables are made, as `npx auth migrate` makes them. */
async function frontEnd() {
  process.env.BETTER_AUTH_URL = baseURL;
  const { auth } = await import("./front-end/lib/auth.ts");
  await (await getMigrations(auth.options)).runMigrations();
  return auth;
}

/** Its route, and one that lists the user's tasks on the server. */
async function answer(request) {
  const { GET, POST } = await import("./front-end/app/api/auth/[...all]/route.ts");
  const { callApiOnServer } = await import("./front-end/lib/server-tasks.ts");
  if (new URL(request.url).pathname !== "/on-the-server") return (request.method === "GET" ? GET : POST)(request);
  const tasks = await requestHeaders.run(request.headers, () => callApiOnServer("/api/me/tasks"));
  return Response.json(await tasks.json());
}
