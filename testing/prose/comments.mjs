// Reads files that are not Markdown: their comments as text, and every document that they name as a link.
import { existsSync } from "node:fs";
import path from "node:path";
import { location } from "vfile-location";

const SLASHES = /^\s*(\/\/[/!]?|\/?\*+)/;
const HASH = /^\s*#/;
const COMMENT = {
  ".rs": SLASHES, ".ts": SLASHES, ".tsx": SLASHES, ".mjs": SLASHES, ".sql": /^\s*--/, ".py": HASH, ".toml": HASH,
  ".yaml": HASH, ".yml": HASH, "": HASH, // Makefile, .ci/run
};
// Its values are texts for readers, too.
const WHOLE = "openapi.yaml";
// Not in an address (https://…/README.md), and not behind a variable (${DIR}/README.md), except for the stack parameter
// by which the template's alarms name the runbook.
const DOCUMENT = /(?:(?<![\w/:.}-])(?:[\w.-]+\/)*[\w-]+\.md|\$\{RunbookUrl\})(?:#[\w-]+)?/g;

export function comments() {
  const markdown = this.parser;
  this.parser = (text, file) => (file.extname === ".md" ? markdown(text, file) : tree(text, file));
}

function tree(text, file) {
  const place = location(text);
  const position = (start, end) => ({ start: place.toPoint(start), end: place.toPoint(end) });
  const children = [];
  if (COMMENT[file.extname]) {
    // Everything else becomes white space, so that each word stays where it is.
    const comments = text.replace(/.*/g, (line) => commentOf(line, COMMENT[file.extname]));
    file.data.prose = withoutCode(file.basename === WHOLE ? text : comments);
    children.push({ type: "text", value: file.data.prose, position: position(0, text.length) });
  }
  for (const match of text.matchAll(DOCUMENT)) {
    const where = position(match.index, match.index + match[0].length);
    const [name, anchor] = match[0].replace("${RunbookUrl}", "docs/runbook.md").split("#");
    const found = above(path.dirname(file.path)).map((folder) => path.join(folder, name)).find((it) => existsSync(it));
    if (found) {
      const url = path.relative(path.dirname(file.path), found) + (anchor ? `#${anchor}` : "");
      children.push({ type: "link", url, children: [], position: where });
    } else {
      file.message(`There is no document \`${name}\`: name it by its path from the repository's root`, {
        place: where, ruleId: "documents", source: "prose",
      });
    }
  }
  return { type: "root", children, position: position(0, text.length) };
}

function commentOf(line, mark) {
  const found = mark.exec(line)?.[0] ?? line;
  return " ".repeat(found.length) + line.slice(found.length);
}

function withoutCode(text) {
  return text.replace(/```[^]*?```|`[^`]*`/g, (code) => code.replace(/[^\n]/g, "`"));
}

/** The repository's root, where most names begin, then the file's own folder and those above it. */
function above(folder) {
  return folder === "." ? ["."] : [".", folder, ...above(path.dirname(folder))];
}
