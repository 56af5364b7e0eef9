// Gentle flags on the words of a note: which words say less than they could, and the question that would say it. Pure: text
// in, flags out. The catalogue is in wording_rules.js; here is how a text is read. Source: DOMAIN annex §4, gentle flags.
import { ADVERBS, MONTHS_AND_DAYS, RULES, STARTERS } from "./wording_rules.js";

const NEAR = 200; // how far before and after the words a rule looks: enough for a sentence, and no more work in a long text
const QUOTE = "¶";
const NAME = "N";
const DOUBLE = { '"': '"”', "“": '”"', "„": "“”", "«": "»" };
// An apostrophe that stands where a quotation would begin.
const CUT_SHORT = /^['‘’](?:(?:cause|cos|em|til|till|tis|twas|bout|n|s)\b|\d)/i;
const LETTER = /[\p{L}\p{N}]/u;
const SHORT = /\b(?:mr|mrs|ms|dr|st|no|approx|tel|a\.m|p\.m|e\.g|i\.e|[a-z])$/i;

// Where a single quotation that begins at `from` ends. Between letters it is an apostrophe; after an s it may be one too, and
// is if a later mark closes before another opens.
function endOfSingle(text, from) {
  let maybe = -1;
  for (let i = from + 1; i < text.length; i += 1) {
    const opens = /[\s([]/.test(text[i - 1]) && LETTER.test(text[i + 1] ?? "");
    if (maybe >= 0 && (text[i] === "‘" || (text[i] === "'" && opens))) return maybe;
    if (text[i] !== "'" && text[i] !== "’") continue;
    if (LETTER.test(text[i + 1] ?? "") || (opens && CUT_SHORT.test(text.slice(i, i + 6)))) continue;
    if (!/s/i.test(text[i - 1]) || !/^ [a-z]/.test(text.slice(i + 1, i + 3))) return i;
    if (maybe >= 0) return maybe;
    maybe = i;
  }
  return maybe >= 0 ? maybe : text.length;
}

function endOfDouble(text, from) {
  const closing = DOUBLE[text[from]];
  for (let i = from + 1; i < text.length; i += 1) if (closing.includes(text[i])) return i;
  return text.length;
}

// What stands between quotation marks, as [start, end) with the marks. One that is not closed goes to the end.
export function quotations(text) {
  const found = [];
  for (let i = 0; i < text.length; i += 1) {
    const begins = i === 0 || /[\s([,:;–—-]/.test(text[i - 1]);
    const inches = text[i] === '"' && /\d/.test(text[i - 1] ?? "");
    const single = text[i] === "‘" || (text[i] === "'" && begins && /\S/.test(text[i + 1] ?? ""));
    let end = -1;
    if (DOUBLE[text[i]] && !inches) end = endOfDouble(text, i);
    else if (single && !CUT_SHORT.test(text.slice(i, i + 6))) end = endOfSingle(text, i);
    if (end < 0) continue;
    found.push([i, Math.min(end + 1, text.length)]);
    i = end;
  }
  return found;
}

// The text as the rules read it, letter for letter as long: lower case, straight apostrophes, names as N, quotations as ¶.
function plain(text) {
  const pieces = [];
  let from = 0;
  for (const [start, end] of quotations(text)) {
    pieces.push(text.slice(from, start), QUOTE.repeat(end - start));
    from = end;
  }
  const quoted = pieces.join("") + text.slice(from);
  let fresh = true; // at the start of a sentence a capital says nothing
  const named = quoted.replace(WORD_OR_MARK, (word, at) => {
    if (!/^[A-Z][a-z]/.test(word)) {
      fresh = /[.!?\n]/.test(word) || (fresh && !/\w/.test(word));
      return word;
    }
    const first = fresh;
    fresh = false;
    return isName(word, first, quoted.slice(at + word.length, at + word.length + 20)) ? word.replace(/[^ ]/g, "\0") : word;
  });
  return named.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/’/g, "'").replaceAll("\0", NAME);
}

const WORD_OR_MARK = /(?:\b(?:Mr|Mrs|Ms|Miss|Dr)\.? )?\b[A-Z][a-z]+(?:[-'’][A-Z][a-z]+)*|[.!?](?=[¶\s])|\S/g;

const VERB_NEXT = new RegExp(`^(?:['’]s|,? [A-Z][a-z]|,? (?:is|was|were|has|had|and|or|said|says|told|asked|came|went
  |sat|stood|took|put|gave|wore|feeling|will|would|won|can|did|does|very|quite|looks|seems|\\w+ed)\\b)`.replace(/\n\s*/g, ""));

function isName(word, first, after) {
  if (/^(?:Mr|Mrs|Ms|Miss|Dr)\b/.test(word)) return true;
  const low = word.toLowerCase();
  if (MONTHS_AND_DAYS.has(low) || (STARTERS.has(low) && !word.includes(" "))) return false;
  return !first || VERB_NEXT.test(after);
}

// [start, end) of each sentence of a plain text.
function sentences(text) {
  const found = [];
  let start = 0;
  for (const { 0: stop, index } of text.matchAll(/[.!?]+(?=[¶\s]|$)|\n+/g)) {
    if (stop === "." && SHORT.test(text.slice(Math.max(start, index - 8), index))) continue;
    found.push([start, index + stop.length]);
    start = index + stop.length;
  }
  if (text.slice(start).trim()) found.push([start, text.length]);
  return found;
}

// Somebody else's words in her own sentence: "she told me that she is low". Not what the writer said herself.
function reported(before) {
  const said = [...before.matchAll(/\b(\w+) (?:said|says|told|stated|explained|replied|complained|mentioned|added)\b/g)].at(-1);
  return Boolean(said) && !["i", "we", "and", "was", "been"].includes(said[1]);
}

// Does one term of a rule find these words as it means them? `here` is the sentence, `then` the next, `earlier` the one before.
function meant(rule, term, { before, after, here, earlier, then }) {
  if (rule.toldAfter && /:\s+\S+\s+\S/.test(after)) return false; // a colon, and then what was meant
  if (rule.reported && reported(before)) return false;
  if (term.first && before.trim()) return false;
  if (term.before?.test(before) || term.after?.test(after) || term.unless?.test(here)) return false;
  if (term.known?.test(`${earlier} ${before}`)) return false;
  return !rule.answered?.test(`${here} ${then}`) && !(rule.asked?.test(earlier));
}

function inSentence(sentence, earlier, then) {
  const found = [];
  for (const rule of RULES) {
    for (const term of rule.terms) {
      for (const { 0: words, index } of sentence.matchAll(term.find)) {
        const end = index + words.length;
        const before = sentence.slice(Math.max(0, index - NEAR), index);
        const after = sentence.slice(end, end + NEAR);
        const here = before + words + after;
        const place = { before, after, here, earlier: earlier.slice(-NEAR), then: then.slice(0, NEAR) };
        if (meant(rule, term, place)) found.push({ rule, start: index, end });
      }
    }
  }
  return tidied(found.sort((a, b) => a.start - b.start || b.end - a.end), sentence);
}

// One flag for words that two terms found. "Seemed upset" is one thing to ask about, and what to ask is how upset looked.
function tidied(found, sentence) {
  const kept = [];
  for (const flag of found) {
    const last = kept.at(-1);
    const between = last && sentence.slice(last.end, flag.start);
    if (last?.rule.leads && !flag.rule.leads && (flag.start < last.end || LEADS_TO.test(between))) {
      kept[kept.length - 1] = { ...flag, start: last.start, end: Math.max(last.end, flag.end) };
    } else if (!last || flag.start >= last.end) kept.push(flag);
  }
  return kept;
}

const LEADS_TO = new RegExp(`^(?: (?:to be|that|he|she|they|is|was|were|he's|she's|it|be|a|an|some|the|N+|${ADVERBS})){0,5} $`);

// Every flag in reading order: {code, start, end, words, question}; text.slice(start, end) === words.
export function flags(text) {
  const read = plain(text);
  const all = sentences(read);
  return all.flatMap(([start, end], i) => {
    const part = (at) => (all[at] ? read.slice(...all[at]).trim() : "");
    const lead = read.slice(start, end).match(/^\s*/)[0].length;
    return inSentence(part(i), part(i - 1), part(i + 1)).map(({ rule, start: from, end: to }) => {
      const at = start + lead + from;
      const until = start + lead + to;
      const words = text.slice(at, until);
      return { code: rule.code, start: at, end: until, words, question: rule.question };
    });
  });
}

// What a dismissal is remembered by: the kind of flag and its words, however they are spaced and written.
export const nameOf = ({ code, words }) => `${code}: ${words.toLowerCase().replace(/\s+/g, " ")}`;

// The first flag that was not dismissed, or null. `dismissed` holds names.
export const nextFlag = (text, dismissed) => flags(text).find((flag) => !dismissed.includes(nameOf(flag))) ?? null;
