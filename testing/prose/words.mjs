// Words that no document and no comment uses. docs/architecture.md has the glossary.
import { visit } from "unist-util-visit";
import { location } from "vfile-location";

// Each entry: what is wrong, what to write, and why.
const WORDS = [
  // The glossary: one word for one thing.
  [/\b(take|takes|taken|taking|took)( \w+){0,3} back\b/, "roll back", "Postgres and CloudFormation call it that"],
  [/\blogins?\b/, "database role, or sign-in", "it means a role in Postgres and what a user does"],
  [/\b(a|an|the|this|that|each|every|any|no|one|next|last|new|another|older) releases?\b(?! (build|binar|profile|not))/,
    "deployment", "a release build is something else"],
  [/\b(a|an|the|this|each|every|one|first|second|next|last|another|per) (try|tries)\b/, "attempt, or retry",
    "the log counts attempts, and all but the first are retries"],
  [/\bfunctions? (in|of) the database\b/, "SQL function", "a function is a Lambda function"],
  [/\backnowledgements?\b/, "answer", "a request and a call have an answer, and no second word for it"],

  // Words that readers from elsewhere stumble over, where a common one says the same.
  [/\b(whom|whomever|whoever|whosoever)\b/, "name the person: the user, the caller", "it makes the reader look for who it is"],
  [/\blikewise\b/, "also, or the same way", "it is rare, and does not say what is the same"],
  [/\b(thereby|thereof|therein|thereupon|thereafter|wherein|whereby|whereupon|hereby|herein)\b/, "a second sentence",
    "it is legal English"],
  [/\b(so|as) long as it may\b/, "how long it can", "it is an inversion"],
  [/\b(whilst|amongst|upon|lest|albeit|ere)\b/, "while, among, on, so that … not, although, before", "it is out of use"],
  [/\b(dearer|dearest)\b/, "more expensive, most expensive", "most readers know the word from letters only"],
  [/\banew\b/, "again", "it is rare"],
  [/\bmend(s|ed|ing)?\b/, "fix", "it is rare in software"],
  [/\bin earnest\b/, "for real, or in production", "it is an idiom"],
  [/\bin passing\b/, "for a short time, or transient", "it is an idiom"],
  [/, but for\b|\b(nothing|nobody|none|all|everything) but for\b/, "except", "it reads like a contrast"],
].map(([pattern, instead, reason]) => [
  new RegExp(pattern.source.replaceAll(" ", "\\s+"), "gi"), // a phrase may go on in the next line
  instead,
  reason,
]);

export function words() {
  return (tree, file) => {
    const text = file.data.prose ?? String(file);
    const place = location(text);
    visit(tree, "text", (node) => {
      const start = node.position.start.offset;
      const prose = text.slice(start, node.position.end.offset);
      for (const [pattern, instead, reason] of WORDS) {
        for (const match of prose.matchAll(pattern)) {
          const at = start + match.index;
          file.message(`\`${match[0].replace(/\s+/g, " ")}\`: write ${instead} (${reason})`, {
            place: { start: place.toPoint(at), end: place.toPoint(at + match[0].length) },
            ruleId: "words",
            source: "prose",
          });
        }
      }
    });
  };
}
