// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const a_word = "A word here:";
export const these_words = "“{words}”:";
export const more = "I will say more";
export const leave = "Leave it";
