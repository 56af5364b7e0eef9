// Stands in for React in the browser (docs/decisions/0029): the same components and hooks, drawn by Preact, a tenth of the size.
import { options } from "preact";
import { createElement, hydrate, Suspense } from "preact/compat";
import { ticks, untouched } from "./untouched.js";

export * from "preact/compat";
export { default } from "preact/compat";

// The router asks for this, and uses it only in a way of moving between pages that we have not chosen.
export function useOptimistic(value) {
  return [value, () => {}];
}

// The head of a page stays as it was sent; its body is taken over (plain_page.js). The router waits once, as it begins.
export function hydrateRoot(_, page) {
  hydrate(createElement(Suspense, null, page), document.body);
}

// What follows a drawing (useEffect) comes soon after it, also on a page that nobody looks at: it waits for no frame.
const soon = new MessageChannel();
let waiting = [];
soon.port1.onmessage = () => {
  const now = waiting;
  waiting = [];
  now.forEach((effect) => effect());
};
options.requestAnimationFrame = (effect) => {
  if (waiting.push(effect) === 1) soon.port2.postMessage(0);
};

// What was typed or ticked before a page's scripts had come: its fields stand there from the beginning. The page is told of it as if it
// came now; Preact leaves such a field as it is, says nothing, and empties what is written over several lines.
const says = new WeakMap(); // what the page said of a field when it was last drawn
const FIELDS = ["input", "textarea", "select"];
const fromTheBeginning = new WeakSet(globalThis.document?.querySelectorAll(FIELDS.join()));
const written = new WeakMap();
const write = (field) => written.set(field, field.value);
const tellEarly = (field) => {
  if (written.has(field)) field.value = written.get(field);
  if (untouched(field)) return;
  field.dispatchEvent(new Event(ticks(field) || field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
};
if (globalThis.document) {
  [...document.querySelectorAll("textarea")].filter((field) => !untouched(field)).forEach(write);
  document.addEventListener("input", ({ target }) => target.tagName === "TEXTAREA" && !says.has(target) && write(target), true);
}

// A field whose page says what it holds goes back to that where its page does not take what was typed or ticked. Preact leaves it.
const goBack = ({ currentTarget: field }) => queueMicrotask(() => {
  const { value, checked } = says.get(field);
  if (ticks(field)) {
    if (checked !== undefined && field.checked !== Boolean(checked)) field.checked = checked;
  } else if (value !== undefined && field.value !== `${value ?? ""}`) {
    field.value = value;
  }
});
const drawn = options.diffed;
options.diffed = (node) => {
  drawn?.(node);
  const field = node.__e;
  // An answer that a list begins with: what a form goes back to, and what nobody has chosen (durable_form.js).
  if (node.type === "option" && "selected" in node.props) field.defaultSelected = node.props.selected;
  if (!FIELDS.includes(node.type)) return;
  const first = !says.has(field);
  says.set(field, node.props);
  if (!first) return;
  ["input", "change"].forEach((event) => field.addEventListener(event, goBack));
  const { value, checked } = node.props;
  if (fromTheBeginning.has(field) && (value ?? checked) !== undefined) queueMicrotask(() => tellEarly(field));
};
