// The rules for documents and comments. `make documents` runs them (scripts/documents.py).
import remarkGfm from "remark-gfm";
import remarkValidateLinks from "remark-validate-links";
import { comments } from "./comments.mjs";
import { htmlLinks } from "./html.mjs";
import { sentences } from "./sentences.mjs";
import { words } from "./words.mjs";

export default {
  plugins: [
    remarkGfm,
    comments,
    words,
    sentences,
    htmlLinks,
    // Relative links and anchors, by GitHub's rules. Nothing is asked of another machine.
    [remarkValidateLinks, { repository: false, root: process.cwd() }],
  ],
};
