/** Adapts terminal colours so that they are readable on the light and the dark background. Pure. */
import type { Color, Style } from './ansi.ts';

type Rgb = readonly [red: number, green: number, blue: number];

/** Minimum contrast for text, WCAG 2.2, 1.4.3. */
const CONTRAST = 4.5;
/** `--bg` of tokens.css. */
const LIGHT: Rgb = [255, 255, 255];
const DARK: Rgb = [17, 17, 19];
const BLACK: Rgb = [0, 0, 0];
const WHITE: Rgb = [255, 255, 255];

export interface TextStyle {
  readonly color?: string;
  readonly background?: string;
  readonly bold: boolean;
  readonly underline: boolean;
}

/**
 * The sixteen named colours are tokens. The others keep their hue and get as much lighter or darker as readability
 * needs. On a coloured background, text is black or white.
 */
export function textStyleOf({ color, background, bold, dim, underline }: Style): TextStyle {
  const weight = { bold: bold === true, underline: underline === true };
  if (background !== undefined) {
    const behind = rgbOf(background);
    const front = contrast(behind, BLACK) >= contrast(behind, WHITE) ? BLACK : WHITE;
    return { color: hex(front), background: hex(behind), ...weight };
  }
  if (color !== undefined) return { color: readable(color), ...weight };
  return dim ? { color: 'var(--text2)', ...weight } : weight;
}

const known = new Map<Color, string>();
/** Limits the cache: a program may use 16 million colours. */
const MAX_KNOWN = 1_000;

function readable(color: Color): string {
  if (typeof color === 'number' && color < 16) return `var(--ansi-${color})`;
  const before = known.get(color);
  if (before !== undefined) return before;
  const rgb = rgbOf(color);
  const value = `light-dark(${hex(towards(rgb, BLACK, LIGHT))}, ${hex(towards(rgb, WHITE, DARK))})`;
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(color, value);
  return value;
}

/** Mixes in as little of `other` as it takes to be readable on `behind`. */
function towards(rgb: Rgb, other: Rgb, behind: Rgb): Rgb {
  for (let share = 0; share < 1; share += 0.05) {
    const mixed = rgb.map((part, i) => Math.round(part + ((other[i] ?? 0) - part) * share));
    if (contrast(mixed as unknown as Rgb, behind) >= CONTRAST) return mixed as unknown as Rgb;
  }
  return other;
}

/** The default palette of xterm. */
const NAMED =
  '000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff'.split(
    ' ',
  );
const STEPS = [0, 95, 135, 175, 215, 255];

function rgbOf(color: Color): Rgb {
  if (typeof color === 'string') return parse(color.slice(1));
  if (color < 16) return parse(NAMED[color] ?? '000000');
  if (color >= 232) {
    const grey = 8 + (color - 232) * 10;
    return [grey, grey, grey];
  }
  const index = color - 16;
  const step = (of: number) => STEPS[Math.floor(of) % 6] ?? 0;
  return [step(index / 36), step(index / 6), step(index)];
}

function parse(digits: string): Rgb {
  const part = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16);
  return [part(0), part(2), part(4)];
}

function hex(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Contrast ratio after WCAG 2.2, from 1 to 21. */
function contrast(a: Rgb, b: Rgb): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
