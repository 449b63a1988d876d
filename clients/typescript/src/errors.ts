import type { components } from "./api.js";

/** The API refused a request or did not answer. `message` is a sentence for people. */
export class TaskApiError extends Error {
  override readonly name = "TaskApiError";

  constructor(
    /** The HTTP status. 0 means that no complete answer arrived: offline, a broken connection, a time-out. */
    readonly status: number,
    /** The answer's body. A gateway's own answer has no `code` and no `details`. */
    readonly body: Partial<components["schemas"]["Error"]> = {},
    /** The id to quote when you report the error. */
    readonly requestId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(body.detail ?? body.message ?? `The API answered with status ${status}.`, options);
  }

  /** Whether the failure is temporary, so that the same request may succeed later. */
  get passing(): boolean {
    return [0, 429, 500, 502, 503, 504].includes(this.status);
  }
}

/** A call of `http`. */
export type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** The body of the answer. An error is thrown. */
export async function unwrap<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new TaskApiError(response.status, Object(error), response.headers.get("x-request-id"));
}

/** The same, but an error of the API is returned. Other errors, such as those of the token callback, are thrown. */
export async function outcome<T>(call: Call<T>): Promise<T | TaskApiError> {
  return unwrap(call).catch((error: unknown) => (error instanceof TaskApiError ? error : Promise.reject(error)));
}
