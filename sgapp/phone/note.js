// What a note is on the phone: the untouched form, what is missing in it, and what is sealed. Nothing here draws.
import { clockAhead, officeNow } from "./outbox.js";
import * as t from "./words/note.js";

export const MAYBE = ["yes", "not_sure"];
const NOT_ANSWERED = "not_answered"; // silence is no "no"
export const OTHER = "other";
export const EMPTY = {
  person: "", other: "", when: "now", visit: "", earlier: "", room: "", elsewhere: "", seen: "", heard: "", said: [{ words: "", by: "", to: "" }],
  picker: [], marks: [], present: "", done: "", told: "", wish: "", consent: "", staff_involved: "", staff_names: "",
  danger_now: "", injury: "", safety_codes: [], let_be: [], // let_be: the flags she left as they are; never sent
};

// All that she wrote, to tell whether anything has changed.
export const words = (v) => JSON.stringify({ ...v, let_be: [] });

// As much as the office takes of one answer; what is longer would be kept for a look, and not simply be read.
const TEXT = 20_000;
const LINE = 2_000;
const TEXTS = ["seen", "heard", "present", "done", "told", "wish"];
const LINES = ["other", "elsewhere", "staff_names"];

// The fields that hold more than the office takes.
function tooLong(v) {
  return [
    ...TEXTS.filter((id) => v[id].length > TEXT), ...LINES.filter((id) => v[id].length > LINE),
    ...v.said.flatMap((q, i) => [q.words.length > TEXT && `said-${i}`, q.by.length > LINE && `by-${i}`, q.to.length > LINE && `to-${i}`]),
    v.marks.some((mark) => Object.values(mark).some((value) => value?.length > LINE)) && "marks",
  ].filter(Boolean);
}

// The moment it was seen, by the office's clock where it is known; an invalid date while she has not said it.
function whenSeen(v, now) {
  if (v.when === "now") return now;
  if (v.when === "earlier") return new Date(v.earlier);
  const [hour, minute] = v.visit.split(":").map(Number);
  return v.visit ? new Date(now.getFullYear(), now.getMonth(), now.getDate(), hour, minute) : new Date(NaN);
}

// What is missing, in words, by the field to mend; nothing when it can be saved.
export function gaps(v, people, correcting) {
  const found = {};
  // Whoever a draft names and the list does not is not shown as chosen, so nothing is sent about them unasked.
  if (!correcting && !(v.person === OTHER ? v.other.trim() : people.some((p) => p.id === v.person))) found.person = t.person;
  const words = v.said.some((q) => q.words.trim());
  if (!v.seen.trim() && !v.heard.trim() && !words && !v.picker.length && !v.marks.length) {
    found.seen = t.seen;
  }
  const now = officeNow();
  const seen = whenSeen(v, now);
  if (v.when === "visit" && Number.isNaN(seen.getTime())) found.visit = t.visit;
  if (v.when === "visit" && seen > now) found.visit = t.visit_to_come;
  if (v.when === "earlier" && Number.isNaN(seen.getTime())) found.earlier = t.earlier;
  if (v.when === "earlier" && seen > now) found.earlier = t.earlier_to_come;
  if (v.room === OTHER && !v.elsewhere.trim()) found.elsewhere = t.elsewhere;
  for (const id of tooLong(v)) found[id] = t.too_long;
  return found;
}

// The facts as they are sealed. Raises RangeError while there is a gap in the time.
export function payloadOf(v, id, seq, people, corrects) {
  const known = people.find((p) => p.id === v.person);
  return {
    id, captured_at: new Date().toISOString(), clock_ahead_ms: clockAhead(), capture_seq: seq,
    person: known ? { id: known.id } : { free_text: corrects ? "as in the note it adds to" : v.other.trim() },
    when_seen: whenSeen(v, officeNow()).toISOString(),
    where: v.room === OTHER ? { place: "other", room: v.elsewhere.trim() } : { place: "own_home", room: v.room },
    present: v.present, seen: v.seen, heard: v.heard, said: v.said.filter((q) => q.words.trim()),
    done: v.done, told: v.told, picker: v.picker, marks: v.marks, safety_codes: v.safety_codes, wish: v.wish, consent: v.consent,
    staff_involved: v.staff_involved || NOT_ANSWERED, staff_names: MAYBE.includes(v.staff_involved) ? v.staff_names : "",
    danger_now: v.danger_now || NOT_ANSWERED, injury: v.injury || NOT_ANSWERED, corrects: corrects || null,
  };
}
