/** The part of a Better Auth client with `jwtClient()` that example.ts uses. */
import { someone, tokenOf } from "./stack.ts";

type Answer = { data: { token: string }; error: null } | { data: null; error: { status: number } };

export const session = { user: someone() as string | undefined, tokens: 0 };

export const authClient = {
  async token(): Promise<Answer> {
    if (!session.user) return { data: null, error: { status: 401 } };
    session.tokens++;
    return { data: { token: tokenOf(session.user) }, error: null };
  },
};
