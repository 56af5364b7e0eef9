// A mark on the skin in words, as sgapp/domain/marks.py says it on the server.
import { BODY } from "./body_lists.js";

const SKIN = { no: "skin not broken", yes: "skin broken", not_sure: "not sure whether the skin is broken" };
const SWELLING = { no: "not swollen", yes: "swollen", not_sure: "not sure whether it is swollen" };
const BEFORE = { no: "not seen before", yes: "seen before", not_sure: "not sure whether it was seen before" };
const labelOf = (list, code) => (BODY[list].find(([c]) => c === code)?.[1] ?? code).toLowerCase();
export const capital = (text) => text.slice(0, 1).toUpperCase() + text.slice(1);

// Site, side and view as they stand inside a sentence.
export function placeInWords({ site, side, view }) {
  const words = labelOf("sites", site);
  const [, , limb, oneView, noSide] = BODY.sites.find(([code]) => code === site) ?? [];
  const middle = side === "middle";
  const named = noSide ? words : limb && !middle ? `${side} ${words}` : `${words}, ${side}${middle ? "" : " side"}`;
  return oneView ? named : `${named}, ${view}`;
}

function size({ length_cm: long, width_cm: wide }) {
  if (long && wide) return `${long} by ${wide} cm`;
  return long ? `${long} cm long` : wide ? `${wide} cm wide` : "";
}

const joined = (words) => (words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : words.join(""));
const listed = (parts) => parts.filter(Boolean).join(", ");

export function markInWords(mark) {
  const when = mark.seen_before_when.trim();
  const look = listed([size(mark), labelOf("shapes", mark.shape), joined(mark.colours.map((c) => labelOf("colours", c)))]);
  const states = listed([SKIN[mark.skin_broken], SWELLING[mark.swelling], BEFORE[mark.seen_before], mark.seen_before === "yes" && when]);
  const seen = [look, states].filter(Boolean).join("; ");
  const by = mark.said_by.trim() ? ` by ${mark.said_by.trim()}` : "";
  return `${capital(placeInWords(mark))}${seen && `: ${seen}`}.${mark.words.trim() ? ` Said${by}: “${mark.words.trim()}”` : ""}`;
}
