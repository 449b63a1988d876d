import { headers } from "next/headers";
import { auth } from "./auth";

/** `fetch` for a path of the task API, on the server: it gets a token for each request and keeps none. */
export async function callApiOnServer(path: string, options: RequestInit = {}): Promise<Response> {
  const { token } = await auth.api.getToken({ headers: await headers() });
  const ownHeaders = new Headers(options.headers);
  ownHeaders.set("authorization", `Bearer ${token}`);
  return fetch(process.env.NEXT_PUBLIC_API_URL + path, { ...options, headers: ownHeaders, cache: "no-store" });
}
