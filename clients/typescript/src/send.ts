import { TaskApiError } from "./errors.js";

export interface ClientOptions {
  /** Where the API is, such as `https://api.example.com`. */
  baseUrl: string;
  /** The bearer token: asked for before each request, and a fresh one (`renew`) once after a 401. It is not kept. */
  token: (renew: boolean) => string | Promise<string>;
  /** What sends a request; the platform's `fetch` if absent. */
  fetch?: (request: Request) => Promise<Response>;
  /** How often a request that may be repeated is repeated at most; 3 if absent. */
  retries?: number;
  /** The longest `Retry-After` that is waited for, in seconds; 20 if absent. */
  patience?: number;
  /** How long one try may take, in seconds; 35 if absent, since API Gateway gives up after 30. */
  timeout?: number;
}

/** Sends requests: each with a token, and again after a passing failure if twice comes to the same as once. */
export function sender({ token, fetch, retries = 3, patience = 20, timeout = 35 }: Omit<ClientOptions, "baseUrl">) {
  async function attempt(request: Request, renew: boolean): Promise<Response | TaskApiError> {
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${await token(renew)}`);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeout * 1000)]);
    try {
      const answer = await (fetch ?? globalThis.fetch)(new Request(request.clone(), { headers, signal }));
      // Read to its end here, because a body that is cut off is an answer that got lost, too.
      return answer.body ? new Response(await answer.arrayBuffer(), answer) : answer;
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      return new TaskApiError(0, { message: "The API cannot be reached just now." }, null, { cause });
    }
  }

  return async function send(request: Request): Promise<Response> {
    const repeatable = await isRepeatable(request);
    for (let tried = 0; ; tried++) {
      let answer = await attempt(request, false);
      if (answer.status === 401) answer = await attempt(request, true); // nothing was done yet
      const pause = pauseAfter(answer, tried);
      if (repeatable && tried < retries && pause <= patience) {
        await sleep(pause, request.signal);
        continue;
      }
      if (!(answer instanceof Response)) throw answer;
      const deletedBefore = tried > 0 && answer.status === 404 && request.method === "DELETE";
      return deletedBefore ? new Response(null, { status: 204, headers: answer.headers }) : answer;
    }
  };
}

/** Seconds until the next try: for ever where another one would be answered alike. */
function pauseAfter(answer: Response | TaskApiError, tried: number): number {
  const offline = answer.status === 0 && globalThis.navigator?.onLine === false;
  if (offline || !new TaskApiError(answer.status).passing) return Infinity;
  const asked = answer instanceof Response ? Number(answer.headers.get("retry-after")) : 0;
  return asked || 0.3 * 2 ** tried * (0.5 + Math.random());
}

/**
 * Whether a request of which the answer got lost can be sent again: whether twice comes to the same as once. Reads do,
 * and so do changes (they name values), moves, restores, deletes (a 404 means done), and completions that name a state.
 * Creates and batches do with an Idempotency-Key. A completion without a state does not: it toggles. Nor does a write
 * with If-Match: if the first was done, the second is a 412, which would blame somebody else.
 */
async function isRepeatable(request: Request): Promise<boolean> {
  const { method, headers, url } = request;
  const route = new URL(url).pathname.split("/").at(-1);
  if (method === "GET") return true;
  if (headers.has("if-match")) return false;
  if (method === "POST") return route === "move" || route === "restore" || headers.has("idempotency-key");
  if (method !== "PATCH" || route !== "complete") return true;
  return request.clone().json().then(({ completed }) => typeof completed === "boolean", () => false);
}

/** It ends early when the request is given up: the next try then says so. */
const sleep = (seconds: number, signal: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
});
