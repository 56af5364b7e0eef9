// Whether a field stands as its page began it: nothing was typed, ticked or picked in it.
export const ticks = (field) => field.type === "checkbox" || field.type === "radio";

export const untouched = (field) => (ticks(field) ? field.checked === field.defaultChecked : field.tagName === "SELECT"
  ? field.selectedIndex === Math.max(0, [...field.options].findIndex((option) => option.defaultSelected)) : field.value === field.defaultValue);
