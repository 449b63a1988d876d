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
/** `total`: the number of tasks on all pages, if the API gives it. */
export type Page = { tasks: Task[]; total: number | undefined };
/** `fresh`: the changes start again, so discard your copy before you apply this page. */
export type ChangesPage = Schemas["Changes"] & { fresh: boolean };

export interface ChangesOptions {
  /** `next` of the last page that you applied. If absent, the changes start at the beginning. */
  since?: string | undefined;
  /** Called when nothing is new or a failure is temporary; then the client asks again. If absent, the iteration ends. */
  wait?: () => Promise<unknown>;
  /** Cancels a running request. Between two pages, use `break`. */
  signal?: AbortSignal;
}

/** The path parameter for the user of the token. */
export const ME = { user_id: "me" };

export class TaskClient {
  /** Every operation of the API, with the types of openapi.yaml, called as with openapi-fetch. */
  readonly http: Client<paths>;

  constructor({ baseUrl, ...options }: ClientOptions) {
    const querySerializer = { array: { style: "form", explode: false } } as const;
    this.http = createClient<paths>({ baseUrl, fetch: sender(options), querySerializer });
  }

  /** Creates a task once, even with retries. To repeat the call later, give the task an `id` (from `newId`). */
  create(task: NewTask): Promise<Task> {
    const id = task.id ?? newId();
    const params = { path: ME, header: { "Idempotency-Key": `create-${id}` } };
    return unwrap(this.http.POST("/api/{user_id}/tasks", { params, body: { ...task, id } }));
  }

  /** The list, page by page. `limit` is the size of a page. */
  pages(query: ListQuery = {}, options: { signal?: AbortSignal } = {}): AsyncGenerator<Page, void> {
    const params = { path: ME, query };
    return follow((next) => this.http.GET("/api/{user_id}/tasks", { params, ...options, ...next }));
  }

  /** All tasks of the user, including the trash, page by page. */
  exported(options: { signal?: AbortSignal } = {}): AsyncGenerator<Page, void> {
    const params = { path: ME, query: { limit: 500 } };
    return follow((next) => this.http.GET("/api/{user_id}/export", { params, ...options, ...next }));
  }

  /** The changes, page by page. If the API no longer knows `since` (410), they start again, and the page is `fresh`. */
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

/** Requests a page, then the next one that its `Link` names, until there is none. */
async function* follow(ask: (next: { querySerializer?: () => string }) => Call<Task[]>): AsyncGenerator<Page, void> {
  for (let next = {}; ; ) {
    const call = ask(next);
    const tasks = await unwrap(call);
    const { headers } = (await call).response;
    const total = headers.get("x-total-count");
    yield { tasks, total: total === null ? undefined : Number(total) };
    // Only the query is used, because a proxy may have added a prefix to the path.
    const query = /<[^>?]*\?([^>]*)>;\s*rel="next"/.exec(headers.get("link") ?? "")?.[1];
    if (query === undefined) return;
    next = { querySerializer: () => query };
  }
}
