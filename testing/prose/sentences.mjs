// Documents: sentences that are too long, and doubled words.
import { toNlcst } from "mdast-util-to-nlcst";
import { toString } from "nlcst-to-string";
import { ParseEnglish } from "parse-english";
import retextRepeatedWords from "retext-repeated-words";
import { visit } from "unist-util-visit";

const LIMIT = 30; // words

export function sentences() {
  const repeatedWords = retextRepeatedWords();
  return (tree, file) => {
    if (file.extname !== ".md") return;
    const prose = toNlcst(codeAsWords(tree), file, ParseEnglish);
    repeatedWords(prose, file);
    visit(prose, "SentenceNode", (sentence) => {
      const count = sentence.children.filter((it) => it.type === "WordNode" && /\p{L}|\d/u.test(toString(it))).length;
      if (count > LIMIT) {
        file.message(`This sentence has ${count} words: make two of it, of at most ${LIMIT} words each`, {
          place: sentence.position, ruleId: "length", source: "prose",
        });
      }
    });
  };
}

/** A line that only links, such as the contents of a page, is no sentence. */
function isList(paragraph) {
  const others = paragraph.children.filter((it) => it.type !== "link");
  return others.every((it) => it.type === "text" && !/\w/.test(it.value));
}

/** Code in a sentence is one word of it, and may begin it: without a capital, parse-english sees no new sentence. */
function codeAsWords(tree) {
  const copy = structuredClone(tree);
  visit(copy, "paragraph", (node) => {
    if (isList(node)) node.children = [];
  });
  let count = 0;
  visit(copy, "inlineCode", (node) => {
    node.type = "text";
    // Each one another word, so that none counts as doubled.
    node.value = `C${[...String(count++)].map((digit) => "abcdefghij"[digit]).join("")}`;
  });
  return copy;
}
