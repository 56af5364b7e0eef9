// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const front = "Front";
export const back = "Back";
export const their_left = "Their left";
export const their_right = "Their right";
