// The gentle flag under a field that was left: the words, the question that would say more, and two ways on. One at a time in
// the whole form, never in the way of Save. Fetched when the first field is left; it draws itself, so that the form need not.
import { flags, nameOf, nextFlag } from "./wording.js";

const FIELDS = ["seen", "heard", "done", "told", "present"]; // not what somebody else said: those words stay as they were
const SETTLES_MS = 200;
// The words stand in her field; they are not said again in a box of their own while somebody looks over her shoulder.
const SAYS_TOO_MUCH = /abus|safeguard|violen|assault|victim|perpetrat|exploit|groom|neglect|coerc/i;

let shown = null; // {field, flag, box, asked}: `asked` is what stood there when she went to say more
let timer = 0;
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

function show(field, flag, leave) {
  clear();
  const leaveIt = (event) => {
    clearTimeout(timer);
    clear();
    leave(nameOf(flag));
    if (!event.detail) field.focus(); // by the keyboard: where she was, not the top of the page
  };
  const words = flag.code === "label" || SAYS_TOO_MUCH.test(flag.words) ? "A word here:" : `“${flag.words}”:`;
  const says = make("p", { id: "nudge-says" });
  says.setAttribute("role", "status");
  const box = make("div", { className: "nudge", id: "nudge" }, says, make("div", { className: "flex gap-2 flex-wrap" },
    make("button", { type: "button", className: "btn btn-quiet", onclick: sayMore }, "I will say more"),
    make("button", { type: "button", className: "btn btn-quiet", onclick: leaveIt }, "Leave it")));
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

function look(field, dismissed, leave) {
  if (pressed) {
    timer = setTimeout(look, SETTLES_MS, field, dismissed, leave);
    return;
  }
  if (shown && !shown.box.isConnected) shown = null;
  if (!field.isConnected || document.activeElement === field) return;
  const done = [...dismissed];
  if (shown?.field === field && shown.asked !== undefined && shown.asked !== field.value) {
    done.push(nameOf(shown.flag)); // she has said more; whether it is enough is for her to know
    leave(nameOf(shown.flag));
  }
  const flag = nextFlag(field.value, done);
  if (flag && !(shown?.field === field && nameOf(shown.flag) === nameOf(flag))) show(field, flag, leave);
  else if (!flag && shown?.field === field) clear();
}

// A field was left. `dismissed` holds the names of what she left as it is in this note; `leave` takes one more.
export function left(field, dismissed, leave) {
  if (!FIELDS.includes(field.id)) return;
  clearTimeout(timer);
  timer = setTimeout(look, SETTLES_MS, field, dismissed, leave);
}
