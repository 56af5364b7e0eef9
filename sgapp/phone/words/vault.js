// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const title = "Visit notes";
export const too_short = "Use {number} digits or more.";
export const too_easy = "That one is guessed first. Choose another.";
