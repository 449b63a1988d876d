/**
 * A Better Auth server on a free port of 127.0.0.1: `node server.mjs ALGORITHM`, which auth.mjs explains.
 *
 * It prints its address. Each line on its standard input is a command, `rotate` or `withdraw`, and is answered by
 * `done`. It ends when standard input does, and so never outlives the test that started it.
 */
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { toNodeHandler } from "better-auth/node";
import { createAuth, rotate, withdraw } from "./auth.mjs";

const commands = { rotate, withdraw };

const server = createServer((request, response) => handle(request, response));
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const baseURL = `http://127.0.0.1:${server.address().port}`;
const auth = createAuth(baseURL, process.argv[2]);
const handle = toNodeHandler(auth);
console.log(baseURL);

for await (const command of createInterface({ input: process.stdin })) {
  await commands[command](auth);
  console.log("done");
}
process.exit();
