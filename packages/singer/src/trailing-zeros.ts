/**
 * Removes the zeros at the end of a string of digits. `replace(/0+$/, '')` would take quadratic
 * time, because it starts again at each zero in the middle.
 */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === '0') end -= 1;
  return digits.slice(0, end);
}
