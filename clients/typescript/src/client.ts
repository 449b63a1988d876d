import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.js";
import { type Call, outcome, TaskApiError, unwrap } from "./errors.js";
import { newId } from "./ids.js";
import { type ClientOptions, sender } from "./send.js";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type NewTask = Schemas["NewTask"];
export type TaskPatch = Schemas["TaskPatch"];
export type ListQuery = NonNullable<paths["/api/{user_id}/tasks"]["get"]["parameters"]["query"]>;
/** `total`: how many tasks there are on all pages, where the API says so. */
export type Page = { tasks: Task[]; total: number | undefined };
/** `fresh`: this is the beginning, so throw away what you have before you take this page in. */
export type ChangesPage = Schemas["Changes"] & { fresh: boolean };

export interface ChangesOptions {
  /** `next` of the last page that was taken in; from the beginning if absent. */
  since?: string | undefined;
  /** When nothing is new, and after a passing failure: ask again when this resolves. If absent, the iteration ends. */
  wait?: () => Promise<unknown>;
  /** Ends a request that is under way. Between two pages `break` does. */
  signal?: AbortSignal;
}

/** The user of the token, in every path. */
export const ME = { user_id: "me" };

export class TaskClient {
  /** Every operation of the API as its document types it, called as openapi-fetch does. */
  readonly http: Client<paths>;

  constructor({ baseUrl, ...options }: ClientOptions) {
    const querySerializer = { array: { style: "form", explode: false } } as const;
    this.http = createClient<paths>({ baseUrl, fetch: sender(options), querySerializer });
  }

  /** Makes a task, once, however often it is tried. To try the same again later, give it an `id` (of `newId`). */
  create(task: NewTask): Promise<Task> {
    const id = task.id ?? newId();
    const params = { path: ME, header: { "Idempotency-Key": `create-${id}` } };
    return unwrap(this.http.POST("/api/{user_id}/tasks", { params, body: { ...task, id } }));
  }

  /** The list, page by page. `limit` is a page's. */
  pages(query: ListQuery = {}, options: { signal?: AbortSignal } = {}): AsyncGenerator<Page, void> {
    const params = { path: ME, query };
    return follow((next) => this.http.GET("/api/{user_id}/tasks", { params, ...options, ...next }));
  }

  /** Everything that the user has, the trash included, page by page. */
  exported(options: { signal?: AbortSignal } = {}): AsyncGenerator<Page, void> {
    const params = { path: ME, query: { limit: 500 } };
    return follow((next) => this.http.GET("/api/{user_id}/export", { params, ...options, ...next }));
  }

  /** What has changed, page by page. Where the API no longer knows it (410), it begins afresh, and the page says so. */
  async *changes({ since, wait, ...options }: ChangesOptions = {}): AsyncGenerator<ChangesPage, void> {
    for (let fresh = since === undefined; ; ) {
      const params = { path: ME, query: { limit: 500, ...(since !== undefined && { since }) } };
      const page = await outcome(this.http.GET("/api/{user_id}/tasks/changes", { params, ...options }));
      if (!(page instanceof TaskApiError)) {
        yield { ...page, fresh };
        [since, fresh] = [page.next, false];
        if (page.more) continue;
        if (!wait) return;
      } else if (page.status === 410 && since !== undefined) {
        [since, fresh] = [undefined, true];
        continue;
      } else if (!wait || !page.passing) {
        throw page;
      }
      await wait();
    }
  }
}

/** Asks for a page, then for what its `Link` calls the next one, until there is none. */
async function* follow(ask: (next: { querySerializer?: () => string }) => Call<Task[]>): AsyncGenerator<Page, void> {
  for (let next = {}; ; ) {
    const call = ask(next);
    const tasks = await unwrap(call);
    const { headers } = (await call).response;
    const total = headers.get("x-total-count");
    yield { tasks, total: total === null ? undefined : Number(total) };
    // Its query alone, since the path in front of it is the client's: a proxy may have put a prefix there.
    const query = /<[^>?]*\?([^>]*)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1];
    if (query === undefined) return;
    next = { querySerializer: () => query };
  }
}
