// Made by sgapp/phone/words from its catalogue; not to be written by hand.
export const vague = "What exactly did you see or hear? Who said or did it?";
export const seems = "What did you see or hear that made you think so?";
export const label = "What was done or said, and by whom? Which words did they use?";
export const manner = "What did they do or say? How loud, how long? What came just before?";
export const mood = "What did you notice in the face, voice, body or words? What was different from usual?";
export const fine = "What did they do, eat or say?";
export const clean = "Which clothes, room or thing? What colour was it, or what did it smell of?";
export const cause = "What was said or done? The cause is for a nurse or doctor to find.";
export const mark = "Where on the body, what size, what colour and shape? What did the person say about it?";
export const refused = "What was offered, and how? What was the reply, word for word?";
export const often = "On which days, and at what time? How many times?";
export const who = "Which person? What is their full name, and who are they? Who told whom?";
