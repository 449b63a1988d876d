// Words that no document and no comment uses. The glossary is in docs/architecture.md.
import { visit } from "unist-util-visit";
import { location } from "vfile-location";

// Each entry: what is wrong, what to write, and why.
const WORDS = [
  // The glossary: one word for one thing.
  [/\b(take|takes|taken|taking|took)( (it|them|themselves|this|that|all|(a|the|that|this|each|every) \w+))? back\b/,
    "roll back", "Postgres and CloudFormation call it that"],
  [/\blogins?\b/, "database role, or sign-in", "it can mean either"],
  [/\b(a|an|the|this|that|each|every|any|next|last|new|another|older) releases?\b(?! (build|binar|profile|note))/,
    "deployment", "a release build is something else"],
  [/\b(a|an|the|this|each|every|one|second|next|last|another|per) (try|tries)\b(?!-)/, "attempt, or retry",
    "a try may be either"],
  [/\bfunctions? (in|of) the database\b/, "SQL function", "a function is a Lambda function"],

  // Words that readers from elsewhere stumble over, where a common one says the same.
  [/\b(whom|whomever|whoever|whosoever)\b/, "the user, the caller, anyone who …",
    "the reader has to find out who it is"],
  [/(?<=\. )Who (?![^.?]*\?)/, "the user who …, a client that …", "it begins like a question"],
  [/\blikewise\b/, "also, or say what is the same", "it is rare, and does not say what is the same"],
  [/\b(thereby|thereof|therein|thereupon|wherein|whereby|whereupon|hereby|herein)\b/, "a second sentence",
    "it is the language of laws"],
  [/\b(whilst|amongst|upon|lest|albeit)\b/, "while, among, on, so that … not, although", "it is out of use"],
  [/\b(dearer|dearest)\b/, "more expensive, most expensive", "most readers know it from letters only"],
  [/\banew\b/, "again", "it is rare"],
  [/\bmend(s|ed|ing)?\b/, "fix", "it is rare in software"],
  [/\bin (earnest|passing)\b/, "for real, for a short time", "it is an idiom"],
  [/(?<!\bnot\b[^.]*), but for\b|\b(nothing|nobody|none|all|everything) but for\b/, "except",
    "it reads like a contrast"],
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
