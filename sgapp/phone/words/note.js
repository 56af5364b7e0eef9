// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const person = "Say who you visited.";
export const seen = "Write what you saw, or what was said or heard.";
export const visit = "Say what time the visit was.";
export const visit_to_come = "That time has not come yet. For yesterday, choose Earlier.";
export const earlier = "Say when it was.";
export const earlier_to_come = "That time has not come yet.";
export const elsewhere = "Say where it was.";
export const too_long = "This is too long for one note. Cut out a part, save, then paste it into another note.";
