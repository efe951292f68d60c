// Could these six digits be a code at all? The last one belongs to the others (delivery/models/code.py):
// a digit misheard or two swapped are found without a network, and the phone knows no code.
const TABLE = ["0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790"];

export function couldBeRight(text) {
  const digits = text.normalize("NFKC").replace(/\s/g, "");
  if (!/^[0-9]{6}$/.test(digits)) return true; // the form says what is missing
  return Array.from(digits).reduce((row, digit) => Number(TABLE[row][Number(digit)]), 0) === 0;
}
