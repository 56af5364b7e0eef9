// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const gone = "What was not saved is gone. Notes you saved are safe.";
export const back = "Your draft is back.";
export const not_kept = "What you write is kept only while this page is open.";
export const no_room = "This phone has no room left. What you write is kept only while this page is open.";
