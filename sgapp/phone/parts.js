// The few shapes of the note form: chips that are real inputs, fields with their error, folded parts. What is chosen or
// typed goes to `onChange(value, id)`; where that stays the same function, nothing is drawn again without need.
import { createElement as h, memo, useEffect, useRef, useState } from "react";
import * as t from "./words/parts.js";

function describedBy(id, hint, error) {
  return [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ") || undefined;
}

function Notes({ id, hint, error }) {
  return [
    hint ? h("p", { key: "h", id: `${id}-hint`, className: "hint" }, hint) : null,
    error ? h("p", { key: "e", id: `${id}-error`, className: "field-error" }, error) : null,
  ];
}

export const Field = memo(function Field({ id, label, hint, error, rows, value, onChange, type = "text", ...rest }) {
  return h("div", { className: "field" },
    h("label", { htmlFor: id, className: "field-label" }, label),
    h(Notes, { id, hint, error }),
    h(rows ? "textarea" : "input", {
      id, rows, type: rows ? undefined : type, value, autoComplete: "off", className: rows ? "control area" : "control",
      "aria-invalid": error ? "true" : undefined, "aria-describedby": describedBy(id, hint, error),
      onChange: (event) => onChange(event.target.value, id), ...rest,
    }));
});

const HOLD_MS = 500;

// Holding a chip, or "?" on the keyboard, explains it and does not choose it. `held` says so once, for the click that
// ends the hold; that click must not be prevented, or React and the box disagree from then on.
function useHold(onHold) {
  const hold = useRef({ timer: 0, held: false });
  const release = () => clearTimeout(hold.current.timer);
  const held = () => {
    const was = hold.current.held;
    hold.current.held = false;
    return was;
  };
  const handlers = (option) => onHold ? {
    onPointerDown: () => {
      release();
      hold.current.held = false;
      hold.current.timer = setTimeout(() => {
        hold.current.held = true;
        onHold(option);
      }, HOLD_MS);
    },
    onPointerUp: release,
    onPointerLeave: release,
    onPointerCancel: release,
    onContextMenu: (event) => event.preventDefault(),
    onKeyDown: (event) => {
      hold.current.held = false;
      if (event.key !== "?") return;
      event.preventDefault();
      onHold(option);
    },
  } : {};
  return { handlers, held };
}

// One of a few (kind "radio") or any number (kind "checkbox"); options are {value, label}.
export const Chips = memo(function Chips({ id, legend, hint, error, options, kind = "radio", value, onChange, onHold, plain = false, optional = false }) {
  const { handlers, held } = useHold(onHold);
  const chosen = (option) => (kind === "radio" ? value === option.value : value.includes(option.value));
  const toggle = (option) => {
    if (held()) return;
    if (kind === "radio") onChange(option.value, id);
    else onChange(chosen(option) ? value.filter((v) => v !== option.value) : [...value, option.value], id);
  };
  return h("fieldset", { className: "field", id, "aria-describedby": describedBy(id, hint, error), tabIndex: -1 },
    h("legend", { className: plain ? "hint" : "field-label" }, legend),
    h(Notes, { id, hint, error }),
    h("div", { className: "chips" }, options.map((option) =>
      h("label", { key: option.value, className: "chip", ...handlers(option) },
        h("input", { type: kind, name: id, value: option.value, checked: chosen(option), onChange: () => toggle(option),
          onClick: () => optional && kind === "radio" && chosen(option) && onChange("", id) }), // a second tap takes it back
        h("span", null, option.label)))));
});

// What is folded away is drawn when it is opened, and stays from then on.
export function Folded({ summary, children, count = 0, onToggle }) {
  const [opened, setOpened] = useState(false);
  const place = useRef(null);
  const look = () => {
    if (place.current.open) setOpened(true);
  };
  useEffect(look, []); // opened before this script had come
  const turned = (event) => {
    look();
    onToggle?.(event);
  };
  return h("details", { className: "folded-part", ref: place, onToggle: turned },
    h("summary", { className: "folded-summary" }, summary, count ? h("span", { className: "hint" }, ` ${count}`) : null),
    opened ? h("div", { className: "folded-body" }, children) : null);
}

export function Card({ children }) {
  return h("section", { className: "panel grid gap-5" }, children);
}

// What must be mended, with links to the places; takes the focus when it appears.
export function Summary({ errors, innerRef }) {
  const entries = Object.entries(errors);
  if (!entries.length) return null;
  const go = (id) => (event) => {
    event.preventDefault();
    const place = document.getElementById(id);
    (place?.querySelector("input, textarea") ?? place)?.focus();
  };
  return h("div", { className: "error-summary", role: "alert", tabIndex: -1, ref: innerRef },
    h("h2", null, t.missing),
    h("p", { className: "hint" }, t.still_here),
    h("ul", null, entries.map(([id, message]) => h("li", { key: id }, h("a", { href: `#${id}`, onClick: go(id) }, message)))));
}
