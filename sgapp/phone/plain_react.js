// Stands in for React in the browser (docs/decisions/0029): the same components and hooks, drawn by Preact, a tenth of the size.
import { options } from "preact";
import { createElement, hydrate, Suspense } from "preact/compat";

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

// A field whose page says what it holds goes back to that where its page does not take what was typed or ticked. Preact leaves it.
const says = new WeakMap();
const goBack = ({ currentTarget: field }) => queueMicrotask(() => {
  const { value, checked } = says.get(field);
  if (field.type === "checkbox" || field.type === "radio") {
    if (checked !== undefined && field.checked !== Boolean(checked)) field.checked = checked;
  } else if (value !== undefined && field.value !== `${value ?? ""}`) {
    field.value = value;
  }
});
const drawn = options.diffed;
options.diffed = (node) => {
  drawn?.(node);
  const field = node.__e;
  if (node.type !== "input" && node.type !== "textarea" && node.type !== "select") return;
  if (!says.has(field)) ["input", "change"].forEach((event) => field.addEventListener(event, goBack));
  says.set(field, node.props);
};
