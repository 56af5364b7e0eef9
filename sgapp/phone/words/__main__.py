"""Make the English modules anew after a change of their catalogue."""

from sgapp.phone.words import FIRST, FOLDER, write_modules

write_modules(FOLDER, FIRST)
