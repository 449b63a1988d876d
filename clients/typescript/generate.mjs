/** Generates src/api.ts from the repository's openapi.yaml: `npm run generate`. */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../openapi.yaml", import.meta.url);
const TYPES = new URL("src/api.ts", import.meta.url);
const HEAD = "// Generated from openapi.yaml by `npm run generate`. Changes here will be lost.\n\n";

/** The text that src/api.ts should have. */
export async function generated() {
  const types = await openapiTS(DOCUMENT, {
    silent: true,
    transform(schema) {
      // The document allows unknown members that are null. TypeScript would require null of the known members, too.
      if (schema.additionalProperties?.type === "null") schema.additionalProperties = false;
      return undefined;
    },
  });
  return HEAD + astToString(types);
}

/** The text that it has. */
export const present = () => readFile(TYPES, "utf8");

if (import.meta.main ?? process.argv[1] === import.meta.filename) await writeFile(TYPES, await generated());
