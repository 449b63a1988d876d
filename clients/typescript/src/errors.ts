import type { components } from "./api.js";

/** The API has refused a request, or has not answered. `message` is a sentence that can be shown to a person. */
export class TaskApiError extends Error {
  override readonly name = "TaskApiError";

  constructor(
    /** The HTTP status; 0 where no whole answer came: offline, a connection that broke, a time-out. */
    readonly status: number,
    /** The answer's body. What a gateway answers by itself has no `code` and no `details`. */
    readonly body: Partial<components["schemas"]["Error"]> = {},
    /** What to quote when asking those who run the API. */
    readonly requestId: string | null = null,
    options?: ErrorOptions,
  ) {
    super(body.detail ?? body.message ?? `The API answers with status ${status}.`, options);
  }

  /** Whether it is worth trying the same again later. */
  get passing(): boolean {
    return [0, 429, 500, 502, 503, 504].includes(this.status);
  }
}

/** A call of `http`. */
export type Call<T> = Promise<{ data?: T; error?: unknown; response: Response }>;

/** What it has been answered. Where that is an error, it is thrown. */
export async function unwrap<T>(call: Call<T>): Promise<T> {
  const { data, error, response } = await call;
  if (response.ok) return data as T;
  throw new TaskApiError(response.status, Object(error), response.headers.get("x-request-id"));
}

/** The same, but the error is returned. What is none of the API's, as one of the token's, is thrown. */
export async function outcome<T>(call: Call<T>): Promise<T | TaskApiError> {
  return unwrap(call).catch((error: unknown) => (error instanceof TaskApiError ? error : Promise.reject(error)));
}
