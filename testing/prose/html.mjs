// Markdown: what a tag names (<img src="…">) is a link, too.
import { visit } from "unist-util-visit";

export function htmlLinks() {
  return (tree) => {
    visit(tree, "html", (node, index, parent) => {
      for (const [, url] of node.value.matchAll(/\s(?:src|srcset|href)="([^"]*)"/g)) {
        parent.children.push({ type: "link", url, children: [], position: node.position });
      }
    });
  };
}
