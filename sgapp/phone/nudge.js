// The gentle flag under a field that was left: the words, the question that would say more, and two ways on. One at a time in
// the whole form, never in the way of Save. Fetched when she first goes to a field; it draws itself, so that the form need not.
import { fill } from "./fill.js";
import { flags, nameOf, nextFlag } from "./wording.js";
import * as t from "./words/nudge.js";

const FIELDS = ["seen", "heard", "done", "told", "present"]; // not what somebody else said: those words stay as they were
const SETTLES_MS = 200;
// The words stand in her field; they are not said again in a box of their own while somebody looks over her shoulder.
const SAYS_TOO_MUCH = /abus|safeguard|violen|assault|victim|perpetrat|exploit|groom|neglect|coerc/i;

const notes = new WeakMap(); // form → {names, leave}: what she left as it is in this note; the next note is a form of its own
let shown = null; // {field, flag, box, asked}: `asked` is what stood there when she went to say more
const timers = new WeakMap(); // field → when it is looked at
let pressed = false; // what moves under a finger that is down is not what it meant to press
for (const [name, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]]) {
  window.addEventListener(name, () => { pressed = down; }, true);
}

function make(tag, given = {}, ...inside) {
  const made = Object.assign(document.createElement(tag), given);
  made.append(...inside);
  return made;
}

function clear() {
  shown?.box.remove();
  shown = null;
}

const still = ({ field, flag }) => flags(field.value).find((found) => nameOf(found) === nameOf(flag));

function sayMore() {
  const { field } = shown;
  const found = still(shown);
  shown.asked = field.value;
  field.focus();
  if (found) field.setSelectionRange(found.start, found.end);
}

function leaveAsIs(field, flag) {
  const note = notes.get(field.form);
  note.names.add(nameOf(flag));
  note.leave(nameOf(flag));
}

function show(field, flag) {
  clear();
  const leaveIt = (event) => {
    clearTimeout(timers.get(field));
    clear();
    leaveAsIs(field, flag);
    if (!event.detail) field.focus(); // by the keyboard: where she was, not the top of the page
  };
  const words = flag.code === "label" || SAYS_TOO_MUCH.test(flag.words) ? t.a_word : fill(t.these_words, { words: flag.words });
  const says = make("p", { id: "nudge-says" });
  says.setAttribute("role", "status");
  const box = make("div", { className: "nudge", id: "nudge" }, says, make("div", { className: "flex gap-2 flex-wrap" },
    make("button", { type: "button", className: "btn btn-quiet", onclick: sayMore }, t.more),
    make("button", { type: "button", className: "btn btn-quiet", onclick: leaveIt }, t.leave)));
  box.setAttribute("role", "group");
  box.setAttribute("aria-labelledby", says.id);
  Object.assign(box.style, { display: "grid", gap: ".5rem", marginTop: ".25rem", padding: ".75rem",
    background: "var(--color-base-200)", borderRadius: "var(--radius-field)" });
  field.closest(".field").append(box);
  shown = { field, flag, box };
  // Once it is there: a status that comes with its words is not read out.
  requestAnimationFrame(() => says.append(make("b", {}, words), ` ${flag.question}`));
  field.addEventListener("input", changed);
}

function changed({ target }) {
  if (shown?.field !== target) target.removeEventListener("input", changed);
  else if (!still(shown)) clear();
}

function look(field) {
  if (pressed) {
    timers.set(field, setTimeout(look, SETTLES_MS, field));
    return;
  }
  if (!shown?.box.isConnected) shown = null;
  if (!field.isConnected || document.activeElement === field) return;
  const here = shown?.field === field ? shown : null;
  if (here && here.asked !== undefined && here.asked !== field.value) leaveAsIs(field, here.flag); // she has said more
  const flag = nextFlag(field.value, [...notes.get(field.form).names]);
  if (!flag && here) clear();
  else if (flag && (!here || nameOf(here.flag) !== nameOf(flag))) show(field, flag);
}

function left({ target }) {
  if (!FIELDS.includes(target.id)) return;
  clearTimeout(timers.get(target));
  timers.set(target, setTimeout(look, SETTLES_MS, target));
}

// Looks at the fields of a form from now on; `field` is the one she is at. `names` are what she left as it is in this note
// before; `leave` takes one more.
export function watch(field, names, leave) {
  const { form } = field;
  if (!form) return;
  if (!notes.has(form)) {
    notes.set(form, { names: new Set() });
    form.addEventListener("focusout", left);
  }
  // She was quicker than the line. Of two calls the later one may come first: a script is waited for the first time only.
  if (document.activeElement !== field) left({ target: field });
  const note = notes.get(form);
  note.leave = leave;
  for (const name of names) note.names.add(name);
}
