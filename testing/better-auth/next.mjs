/**
 * What Next.js does for the files in front-end, which are those of docs/front-end.md: it finds `@/` and names without an
 * ending, and has the headers of the request that is being answered.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { registerHooks } from "node:module";

const FRONT_END = new URL("front-end/", import.meta.url);

globalThis.requestHeaders = new AsyncLocalStorage();
const NEXT_HEADERS = "data:text/javascript,export const headers = async () => requestHeaders.getStore()";

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "next/headers") return { url: NEXT_HEADERS, shortCircuit: true };
    if (specifier.startsWith("@/")) return next(new URL(`${specifier.slice(2)}.ts`, FRONT_END).href, context);
    const isOurs = specifier.startsWith("./") && context.parentURL?.startsWith(FRONT_END.href);
    return next(isOurs ? `${specifier}.ts` : specifier, context);
  },
});
