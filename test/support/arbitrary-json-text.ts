/** JSON as people and programs write it: any layout, duplicate keys, numbers in odd forms. */
import fc from 'fast-check';

type Json = string | readonly Json[] | Members;

interface Members {
  readonly members: readonly (readonly [string, Json])[];
}

const arbitraryKey = fc.oneof(
  fc.constantFrom('hooks', 'Stop', 'PreToolUse', 'matcher', 'env', '__proto__', '1', 'a "b"'),
  fc.string(),
);
const arbitraryScalar = fc.oneof(
  fc.constantFrom('null', 'true', '1.0', '-0', '1e400', '"\\u0041"', '"{[\\"//"', '"C:\\\\"'),
  fc.string().map((text) => JSON.stringify(text)),
);

/** Scalars are texts, so that they keep their form. */
const { value: arbitraryValue } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    arbitraryScalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(arbitraryKey, tie('value')), { maxLength: 3 })
      .map((members) => ({ members })),
  ),
}));

const arbitraryGroups = fc.array(
  fc.oneof(
    arbitraryValue,
    fc.constant<Json>({
      members: [
        ['matcher', '"Bash"'],
        ['hooks', [{ members: [['command', '"mine.sh"']] }]],
      ],
    }),
  ),
  { maxLength: 3 },
);

const arbitraryHooks = fc
  .array(fc.tuple(fc.constantFrom('Stop', 'PreToolUse', 'Mine'), arbitraryGroups), { maxLength: 3 })
  .map((members): Json => ({ members }));

/** An object; its `hooks`, if any, have the shape that hooks have. */
const arbitrarySettings = fc
  .tuple(
    fc.array(fc.tuple(arbitraryKey, arbitraryValue), { maxLength: 3 }),
    fc.option(arbitraryHooks, { nil: undefined }),
    fc.nat({ max: 3 }),
  )
  .map(([others, hooks, at]): Json => {
    const members: [string, Json][] = others.filter(([key]) => key !== 'hooks');
    if (hooks) members.splice(at, 0, ['hooks', hooks]);
    return { members };
  });

const arbitraryBlank = fc.constantFrom('', '', ' ', '\n', '\n  ', '\n\t', '\r\n  ', '\r', ' \n\n ');

/** Laid out as a program does it, or with any white space anywhere. */
export const arbitrarySettingsText = fc
  .tuple(
    arbitrarySettings,
    fc.oneof(
      fc
        .constantFrom('  ', '    ', '\t')
        .map((unit) => (depth: number) => `\n${unit.repeat(depth)}`),
      fc.constant(() => ''),
      fc.infiniteStream(arbitraryBlank).map((blanks) => () => blanks.next().value as string),
    ),
    fc.constantFrom('', '\n', '\r\n', '\uFEFF'),
  )
  .map(([settings, blank, end]) => {
    const text = write(settings, blank, 0);
    return end === '\uFEFF' ? `${end}${text}` : `${text}${end}`;
  });

function write(value: Json, blank: (depth: number) => string, depth: number): string {
  if (typeof value === 'string') return value;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const entries = Array.isArray(value)
    ? (value as readonly Json[]).map((element) => write(element, blank, depth + 1))
    : (value as Members).members.map(
        ([key, member]) => `${JSON.stringify(key)}: ${write(member, blank, depth + 1)}`,
      );
  if (entries.length === 0) return `${open}${depth % 2 ? blank(depth) : ''}${close}`;
  return `${open}${entries.map((entry) => `${blank(depth + 1)}${entry}`).join(',')}${blank(depth)}${close}`;
}
