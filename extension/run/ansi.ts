/**
 * Parses the style sequences of terminal text (ECMA-48, SGR): 16, 256 and 16 million colours, bold, dim, underline.
 * Other styles are ignored.
 */

/** Index into the palette of 256, or `#rrggbb`. */
export type Color = number | `#${string}`;

/** Compared by identity, so text of the same style shares one object. */
export interface Style {
  readonly color?: Color;
  readonly background?: Color;
  readonly bold?: true;
  readonly dim?: true;
  readonly underline?: true;
}

export const PLAIN: Style = {};

/**
 * The style after a Select Graphic Rendition sequence.
 *
 * @param parameters the text between `ESC [` and `m`, such as `1;38;5;208`.
 */
export function applySgr(style: Style, parameters: string): Style {
  // colons separate the parts of one parameter (ISO 8613-6); the part after 2 is an optional colour space
  const numbers = parameters
    .replaceAll(/([34]8:2):[^:;]*:(?=[^;]*:[^;]*:)/g, '$1:')
    .replaceAll(':', ';')
    .split(';')
    .map(Number);
  let next = style;
  for (let at = 0; at < numbers.length; at += 1) {
    const code = numbers[at] ?? 0;
    if (code === 38 || code === 48) {
      const { color, length } = readColor(numbers, at + 1);
      at += length;
      if (color !== undefined) next = styled(next, code === 38 ? { color } : { background: color });
    } else {
      next = withCode(next, code);
    }
  }
  return next;
}

function withCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return styled(style, { bold: true });
  if (code === 2) return styled(style, { dim: true });
  if (code === 4) return styled(style, { underline: true });
  if (code === 22) return without(style, 'bold', 'dim');
  if (code === 24) return without(style, 'underline');
  if (code === 39) return without(style, 'color');
  if (code === 49) return without(style, 'background');
  if (code >= 30 && code <= 37) return styled(style, { color: code - 30 });
  if (code >= 90 && code <= 97) return styled(style, { color: code - 90 + 8 });
  if (code >= 40 && code <= 47) return styled(style, { background: code - 40 });
  if (code >= 100 && code <= 107) return styled(style, { background: code - 100 + 8 });
  return style;
}

function styled(style: Style, change: Style): Style {
  return { ...style, ...change };
}

function without(style: Style, ...keys: readonly (keyof Style)[]): Style {
  const kept = Object.entries(style).filter(([key]) => !keys.includes(key as keyof Style));
  return kept.length === 0 ? PLAIN : Object.fromEntries(kept);
}

/** Reads `5;n` or `2;r;g;b`. @returns the number of consumed parameters, and the color if it is valid. */
function readColor(numbers: readonly number[], at: number): { color?: Color; length: number } {
  const isByte = (number: number | undefined) =>
    number !== undefined && Number.isInteger(number) && number >= 0 && number <= 255;
  if (numbers[at] === 5) {
    const index = numbers[at + 1];
    return index !== undefined && isByte(index) ? { color: index, length: 2 } : { length: 2 };
  }
  if (numbers[at] !== 2) return { length: 1 };
  const parts = numbers.slice(at + 1, at + 4);
  if (parts.length < 3 || !parts.every(isByte)) return { length: 4 };
  const hex = parts.map((part) => part.toString(16).padStart(2, '0')).join('');
  return { color: `#${hex}`, length: 4 };
}
