/** Makes src/api.ts of the repository's openapi.yaml: `npm run generate`. */
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const DOCUMENT = new URL("../../openapi.yaml", import.meta.url);
const TYPES = new URL("src/api.ts", import.meta.url);
const HEAD = "// Made of openapi.yaml by `npm run generate`. A change here would be lost.\n\n";

/** What src/api.ts should be. */
export async function generated() {
  const types = await openapiTS(DOCUMENT, {
    silent: true,
    transform(schema) {
      // The document lets an unknown member be null. TypeScript would ask that of every member, the known ones too.
      if (schema.additionalProperties?.type === "null") schema.additionalProperties = false;
      return undefined;
    },
  });
  return HEAD + astToString(types);
}

/** What it is. */
export const present = () => readFile(TYPES, "utf8");

if (import.meta.main ?? process.argv[1] === import.meta.filename) await writeFile(TYPES, await generated());
