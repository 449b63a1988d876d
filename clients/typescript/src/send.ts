import { TaskApiError } from "./errors.js";

export interface ClientOptions {
  /** The API's address, such as `https://api.example.com`. */
  baseUrl: string;
  /** Returns the bearer token, which is not kept. Called before each request, and with `renew` once after a 401. */
  token: (renew: boolean) => string | Promise<string>;
  /** Sends a request. The default is the platform's `fetch`. */
  fetch?: (request: Request) => Promise<Response>;
  /** The maximum number of retries of a request that can be repeated. The default is 3. */
  retries?: number;
  /** The longest `Retry-After` to wait for, in seconds. The default is 20. */
  patience?: number;
  /** The time limit of one attempt, in seconds. The default is 35, because API Gateway gives up after 30. */
  timeout?: number;
}

/** Sends each request with a token. Retries it after a temporary failure if twice has the same effect as once. */
export function sender({ token, fetch, retries = 3, patience = 20, timeout = 35 }: Omit<ClientOptions, "baseUrl">) {
  async function attempt(request: Request, renew: boolean): Promise<Response | TaskApiError> {
    const headers = new Headers(request.headers);
    headers.set("authorization", `Bearer ${await token(renew)}`);
    const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeout * 1000)]);
    try {
      const answer = await (fetch ?? globalThis.fetch)(new Request(request.clone(), { headers, signal }));
      // Read the whole body here, because an answer that breaks off is lost, too.
      return answer.body ? new Response(await answer.arrayBuffer(), answer) : answer;
    } catch (cause) {
      if (request.signal.aborted) throw cause;
      return new TaskApiError(0, { message: "The API cannot be reached right now." }, null, { cause });
    }
  }

  return async function send(request: Request): Promise<Response> {
    const repeatable = await isRepeatable(request);
    for (let tried = 0; ; tried++) {
      let answer = await attempt(request, false);
      if (answer.status === 401) answer = await attempt(request, true); // a 401 means that nothing was done
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

/** Seconds until the next attempt. `Infinity` if another attempt would get the same answer. */
function pauseAfter(answer: Response | TaskApiError, tried: number): number {
  const offline = answer.status === 0 && globalThis.navigator?.onLine === false;
  if (offline || !new TaskApiError(answer.status).passing) return Infinity;
  const asked = answer instanceof Response ? Number(answer.headers.get("retry-after")) : 0;
  return asked || 0.3 * 2 ** tried * (0.5 + Math.random());
}

/**
 * Whether a request can be sent again after its answer was lost, because doing it twice has the same effect as once.
 * This is true for reads, changes (they name values), moves, restores, deletes (a 404 means done), and completions that
 * name a state. It is true for creates and batches with an Idempotency-Key. It is not true for a completion without a
 * state, which toggles, or for a write with If-Match: if the first one was done, the second is a 412, as if somebody
 * else had changed the task.
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

/** Ends early if the request is cancelled. Then the next attempt throws the reason. */
const sleep = (seconds: number, signal: AbortSignal) => new Promise<void>((resolve) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
});
