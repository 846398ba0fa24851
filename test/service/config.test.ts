import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../service/config.ts';
import { ConfigError, defaultDataDir, readConfig } from '../../service/config.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

/** One row of a table of docs/configuration.md. */
interface Row {
  readonly variable: string;
  readonly flag: string;
  readonly fallback: string;
  readonly values: string;
}

const page = read('docs/configuration.md');
const rows = page.split('\n').flatMap((line): Row[] => {
  const cells = line.split('|').map((cell) => cell.trim().replaceAll('`', ''));
  const [, variable = '', flag = '', fallback = '', values = '', meaning = ''] = cells;
  return /^[A-Z_]+$/.test(variable) && meaning !== '' ? [{ variable, flag, fallback, values }] : [];
});
const numbers = rows.flatMap(({ variable, fallback, values }) => {
  const [, min, max] = /^(\d+)–(\d+)$/.exec(values) ?? [];
  return min === undefined ? [] : [[variable, Number(fallback), Number(min), Number(max)] as const];
});

/** AGENTLIGHT_MAX_STREAMS is `maxStreams`. */
function settingOf(variable: string): keyof Config {
  const words = variable.replace('AGENTLIGHT_', '').toLowerCase();
  return words.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase()) as keyof Config;
}

const messageOf = (env: Record<string, string>): string => {
  try {
    readConfig({}, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  return expect.unreachable(`${JSON.stringify(env)} was accepted`);
};

describe('docs/configuration.md', () => {
  test('lists exactly the variables that the service reads', () => {
    const inSource = read('service/config.ts').match(/AGENTLIGHT_[A-Z_]+|DATABASE_URL/g) ?? [];
    expect(rows.map(({ variable }) => variable).toSorted()).toEqual(
      [...new Set(inSource)].toSorted(),
    );
  });

  test('lists every flag of agentlight serve', () => {
    const flags = read('service/cli/serve.ts').match(/'--[a-z-]+ </g) ?? [];
    const documented = rows.map(({ flag }) => flag).filter((flag) => flag !== '');
    expect(documented.toSorted()).toEqual(flags.map((flag) => flag.slice(1, -2)).toSorted());
  });

  test('lists every numeric setting with its range', () => {
    const settings = Object.entries(readConfig({}, {})).filter(([, value]) =>
      Number.isInteger(value),
    );
    expect(numbers.map(([variable]) => settingOf(variable)).toSorted()).toEqual(
      settings.map(([name]) => name).toSorted(),
    );
  });
});

describe.each(numbers)('%s', (variable, fallback, min, max) => {
  const setting = settingOf(variable);
  const valueOf = (text: string) => readConfig({}, { [variable]: text })[setting];

  test('has the documented default and range', () => {
    expect(readConfig({}, {})[setting]).toBe(fallback);
    expect(valueOf('')).toBe(fallback);
    expect(valueOf(String(min))).toBe(min);
    expect(valueOf(String(max))).toBe(max);
  });

  test('refuses other values with a message that says what was found and what is expected', () => {
    const invalid = [
      min - 1,
      max + 1,
      'abc',
      '1.5',
      '-1',
      '1e3',
      ' 5',
      '5 ',
      '0x10',
      '9'.repeat(30),
    ];
    for (const text of invalid.map(String)) {
      expect(messageOf({ [variable]: text })).toBe(
        `${variable} is "${text}"; it must be a whole number from ${min} to ${max}.`,
      );
    }
  });
});

test('by default only this machine can reach the service', () => {
  expect(readConfig({}, {})).toMatchObject({
    host: '127.0.0.1',
    port: 4747,
    databaseUrl: undefined,
    ownerToken: undefined,
    allowedHosts: [],
    logLevel: 'info',
    dataDir: defaultDataDir({}),
  });
});

test('flags override variables, and empty values count as missing', () => {
  const env = {
    AGENTLIGHT_HOST: 'from-env',
    AGENTLIGHT_PORT: '1',
    AGENTLIGHT_DATA_DIR: '/from/env',
    DATABASE_URL: 'postgres://from-env',
  };
  const fromEnv = {
    host: 'from-env',
    port: 1,
    dataDir: '/from/env',
    databaseUrl: 'postgres://from-env',
  };
  expect(readConfig({}, env)).toMatchObject(fromEnv);
  const flags = { host: 'flag', port: 0, dataDir: '/flag', databaseUrl: 'postgres://flag' };
  expect(readConfig(flags, env)).toMatchObject(flags);
  expect(readConfig({ host: '', dataDir: '', databaseUrl: '' }, env)).toMatchObject(fromEnv);
  expect(readConfig({ host: '' }, { AGENTLIGHT_HOST: '' }).host).toBe('127.0.0.1');
});

test.each([-1, 65_536, 1.5, Number.NaN])('--port refuses %d', (port) => {
  expect(() => readConfig({ port }, {})).toThrow(
    `--port is "${port}"; it must be a whole number from 0 to 65535.`,
  );
});

test('the data directory is made absolute', () => {
  expect(readConfig({ dataDir: 'here' }, {}).dataDir).toBe(join(process.cwd(), 'here'));
});

test('the default data directory is the one of the operating system', () => {
  const env = { XDG_DATA_HOME: '/xdg', LOCALAPPDATA: '/local' };
  const places: Partial<Record<NodeJS.Platform, [given: string, fallback: string]>> = {
    darwin: Array(2).fill('Library/Application Support') as [string, string],
    win32: ['/local', 'AppData/Local'],
  };
  const [given, fallback] = places[process.platform] ?? ['/xdg', '.local/share'];
  expect(defaultDataDir(env)).toBe(resolve(homedir(), given, 'agentlight'));
  expect(defaultDataDir({})).toBe(resolve(homedir(), fallback, 'agentlight'));
  expect(defaultDataDir({ ...env, AGENTLIGHT_DATA_DIR: '/mine' })).toBe('/mine');
});

test('allowed hosts are a comma-separated list of names', () => {
  const hostsOf = (text: string) => readConfig({}, { AGENTLIGHT_ALLOWED_HOSTS: text }).allowedHosts;
  expect(hostsOf('Hub.Example.com, other_host ,[FD00::1],,')).toEqual([
    'hub.example.com',
    'other_host',
    '[fd00::1]',
  ]);
  for (const bad of ['https://hub.example.com', 'hub.example.com:443', '*', 'a b', 'fd00::1']) {
    expect(messageOf({ AGENTLIGHT_ALLOWED_HOSTS: `ok,${bad}` })).toMatch(
      /^AGENTLIGHT_ALLOWED_HOSTS has ".+"; it must be a comma-separated list/,
    );
  }
});

test('an owner’s token that is too short is refused, and the message does not repeat it', () => {
  const good = 'x'.repeat(32);
  expect(readConfig({}, { AGENTLIGHT_OWNER_TOKEN: good }).ownerToken).toBe(good);
  for (const bad of ['x'.repeat(31), 'y'.repeat(201), `${good} `, `${good}é`]) {
    const message = messageOf({ AGENTLIGHT_OWNER_TOKEN: bad });
    expect(message).toMatch(/^AGENTLIGHT_OWNER_TOKEN must be 32 to 200 .* openssl rand -hex 32$/);
    expect(message).not.toContain(bad);
  }
});

test('an unknown log level is refused', () => {
  expect(readConfig({}, { AGENTLIGHT_LOG_LEVEL: 'debug' }).logLevel).toBe('debug');
  expect(messageOf({ AGENTLIGHT_LOG_LEVEL: 'LOUD' })).toBe(
    'AGENTLIGHT_LOG_LEVEL is "LOUD"; it must be one of debug, info, warn, error, silent.',
  );
});
