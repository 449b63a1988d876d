// Documents: sentences that are too long, and doubled words.
import { toNlcst } from "mdast-util-to-nlcst";
import { toString } from "nlcst-to-string";
import { ParseEnglish } from "parse-english";
import retextRepeatedWords from "retext-repeated-words";
import { visit } from "unist-util-visit";

const LIMIT = 30; // words; numbers do not count
const ABBREVIATION = /^(e\.g|i\.e|etc|vs)\.$/i;

export function sentences() {
  const repeatedWords = retextRepeatedWords();
  return (tree, file) => {
    if (file.extname !== ".md") return;
    const prose = toNlcst(codeAsWords(tree), file, ParseEnglish);
    repeatedWords(prose, file);
    visit(prose, "ParagraphNode", (paragraph) => {
      for (const words of split(paragraph.children.flatMap((it) => it.children ?? it))) {
        if (words.length > LIMIT) {
          file.message(`This sentence has ${words.length} words: make two of it, of at most ${LIMIT} words each`, {
            place: { start: words[0].position.start, end: words.at(-1).position.end }, ruleId: "length", source: "prose",
          });
        }
      }
    });
  };
}

/** The words of each sentence. parse-english sees no end before a small letter, and none after "id." (Idaho). */
function split(nodes) {
  const sentences = [[]];
  let ended = false;
  for (const node of nodes) {
    const text = toString(node);
    if (ended && node.type === "WhiteSpaceNode") sentences.push([]);
    if (node.type === "WordNode" && /\p{L}/u.test(text)) sentences.at(-1).push(node);
    // Brackets and quotation marks may close behind the end. The links of a page's contents stand between dots.
    ended = (ended && /^[)\]"'”’]$/.test(text)) || (/[.?!·]$/.test(text) && !ABBREVIATION.test(text));
  }
  return sentences;
}

/** Code in a sentence is one word of it. */
function codeAsWords(tree) {
  const copy = structuredClone(tree);
  let count = 0;
  visit(copy, "inlineCode", (node) => {
    node.type = "text";
    // Each one another word, so that none counts as doubled.
    node.value = `C${[...String(count++)].map((digit) => "abcdefghij"[digit]).join("")}`;
  });
  return copy;
}
