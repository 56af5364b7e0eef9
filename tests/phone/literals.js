// What the phone's scripts hold of words: for test_words.py. Reads {name: source} as JSON and prints, for each script, the
// texts a person would read (`read`) and the keys of its catalogue that it uses (`used`), or `?` for a use it cannot follow.
import { readFileSync } from "node:fs";
import { parseAst } from "rolldown/parseAst";

// What is given to a person under these names, or through these functions, is read whatever it looks like.
const SHOWN_AS = /^(label|hint|title|legend|summary|placeholder|alt|text|textContent|question|error|message|aria-label|aria-description)$/;
const DRAWS = /^(h|make|createElement)$/;
const SAYS = /^(setSaid|setErrors)$/;
// Names and classes, under these; nobody reads them.
const NOT_READ = /^(className|key|id|href|viewBox|d|selector)$/;
const looksRead = (text) => /\p{L}+[,.;:]? \p{L}+/u.test(text) || /^\W*\p{Lu}\p{Ll}+/u.test(text);

const nameOf = (node) => node?.name ?? node?.value ?? node?.property?.name ?? "";
const wordsOf = (node) => (node.type === "Literal" ? [node.value] : node.quasis.map((part) => part.value.cooked));

function literals(source) {
  const read = [];
  const used = new Set();
  let words = null; // what the catalogue is called here
  // `shown`: this goes to a person; `hidden`: it does not, although it may look so.
  const visit = (node, { shown = false, hidden = false } = {}) => {
    if (!node || typeof node.type !== "string") return;
    const each = (nodes, how) => nodes.forEach((one) => visit(one, how));
    if (node.type === "ImportDeclaration") {
      const own = node.source.value.match(/^\.\/words\/(\w+)\.js$/);
      if (own) words = node.specifiers[0].type === "ImportNamespaceSpecifier" ? nameOf(node.specifiers[0].local) : "?";
      if (words === "?") used.add("?");
    } else if (node.type === "Literal" || node.type === "TemplateLiteral") {
      const text = node.type === "Literal" && typeof node.value !== "string" ? "" : wordsOf(node).join("…");
      if (/\p{L}/u.test(text.replaceAll("…", "")) && !hidden && (shown || looksRead(text))) read.push(text);
      if (node.expressions) each(node.expressions, { shown, hidden });
    } else if (node.type === "MemberExpression" && words && nameOf(node.object) === words && node.object.type === "Identifier") {
      used.add(node.computed ? "?" : nameOf(node.property));
    } else if (node.type === "CallExpression" && DRAWS.test(nameOf(node.callee))) {
      each(node.arguments.slice(0, 2), {});
      each(node.arguments.slice(2), { shown: true });
    } else if (node.type === "CallExpression") {
      visit(node.callee, {});
      each(node.arguments, { shown: SAYS.test(nameOf(node.callee)), hidden: nameOf(node.callee) === "set" }); // set: words to look for
    } else if (node.type === "NewExpression") each(node.arguments, { hidden: /Error|Exception|RegExp/.test(nameOf(node.callee)) });
    else if (node.type === "Property") {
      if (node.computed) visit(node.key, {});
      const key = nameOf(node.key);
      visit(node.value, { shown: !NOT_READ.test(key) && (SHOWN_AS.test(key) || shown), hidden: NOT_READ.test(key) || hidden });
    } else if (node.type === "AssignmentExpression") visit(node.right, { shown: SHOWN_AS.test(nameOf(node.left)) });
    else if (node.type === "AssignmentPattern") visit(node.right, { shown: SHOWN_AS.test(nameOf(node.left)), hidden });
    else if (node.type === "ConditionalExpression") {
      visit(node.test, {});
      each([node.consequent, node.alternate], { shown, hidden });
    } else if (node.type === "LogicalExpression") each([node.left, node.right], { shown, hidden });
    else if (node.type === "ArrayExpression") each(node.elements.filter(Boolean), { shown, hidden });
    else if (node.type === "ObjectExpression") each(node.properties, { shown, hidden });
    else if (node.type === "BinaryExpression") each([node.left, node.right], { shown: shown && node.operator === "+", hidden });
    else if (node.type === "TaggedTemplateExpression") each(node.quasi.expressions, {}); // patterns
    else if (!/^(Import|ExportAll)/.test(node.type)) {
      const inside = Object.entries(node).filter(([part]) => part !== "key" || node.computed).flatMap(([, value]) => value);
      each(inside.filter((value) => value && typeof value === "object"), {});
    }
  };
  visit(parseAst(source), {});
  return { read, used: [...used] };
}

const scripts = JSON.parse(readFileSync(0, "utf-8"));
console.log(JSON.stringify(Object.fromEntries(Object.entries(scripts).map(([name, source]) => [name, literals(source)]))));
