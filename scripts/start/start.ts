/**
 * `npm start`: starts the service and a runner with the agents of agentlight.config.json, builds the extension, and
 * prints what to do next. Runs until Ctrl-C.
 *
 *     npm start
 *     npm start -- --open    also opens a browser with the extension in it
 */
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { PairingCode } from '../../protocol/wire/messages.ts';
import { openClient, serviceUrl } from '../../service/cli/connection.ts';
import { defaultDataDir } from '../../service/config.ts';
import { readRunnerConfig } from '../../service/runner/host/runner-config.ts';
import { findBrowser } from '../browser/browser.ts';
import { type Child, type Stoppable, startChild, stopInOrder } from './child.ts';
import { buildForChrome, CHROME_BUILD } from '../browser/extension-build.ts';
import { instructions } from './instructions.ts';
import { openBrowser } from '../browser/open-browser.ts';
import { readLogLine } from './service-log-line.ts';

const AGENTLIGHT = 'service/cli/main.ts';
/** Creating the database takes a second, or half a minute on a very slow disk. */
const READY_LIMIT_MS = 60_000;

/** Resolves on Ctrl-C, or when the terminal is closed. */
const stopAsked = new Promise<void>((stop) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop());
  process.stdout.on('error', () => stop());
});

/** What is running, in the order of its start. */
const started: Stoppable[] = [];
let isStopping = false;
// an error in this program must not leave processes behind
process.on('exit', () => {
  for (const one of started) one.signal('SIGINT');
});

try {
  await Promise.race([stopAsked, start()]);
} catch (error) {
  console.error(`\n${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
isStopping = true;
await stopInOrder(started.toReversed());
process.exit();

/** Never returns. @throws Error that says what went wrong and what to do. */
async function start(): Promise<never> {
  const { open = false } = parseArgs({ options: { open: { type: 'boolean' } } }).values;
  const { agents } = await readRunnerConfig('agentlight.config.json');
  const env = localEnvironment();
  const url = serviceUrl(env);
  await refuseSecond(url);

  console.log('Starting the service and building the extension …');
  const dataDir = resolve(defaultDataDir(env));
  const serviceLog = join(dataDir, 'service.log');
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const service = startService(env, serviceLog);
  await Promise.all([buildForChrome(), Promise.race([untilReady(url), untilEnded(service)])]);
  const runner = startRunner(env);

  const client = await openClient(env);
  const pairing = await client.request<PairingCode>('POST', '/v1/pairing-codes');
  const inBrowser = open && (await tryToOpenBrowser(join(dataDir, 'browser')));
  const names = agents.map(({ profile: { name } }) => name);
  console.log(instructions({ url, dataDir, serviceLog, agents: names, pairing }, inBrowser));
  return Promise.race([untilEnded(service), untilEnded(runner)]);
}

/**
 * Without the address and token of another service, and with this project's packages and Node in the PATH of the
 * agents' commands.
 */
function localEnvironment(): NodeJS.ProcessEnv {
  const { AGENTLIGHT_URL: _url, AGENTLIGHT_TOKEN: _token, PATH = '', ...env } = process.env;
  const own = [resolve('node_modules/.bin'), dirname(process.execPath)];
  return { ...env, PATH: [...own, PATH].join(delimiter) };
}

async function refuseSecond(url: string): Promise<void> {
  if ((await nameOf(`${url}/healthz`)) !== 'agentlight') return;
  throw new Error(`An Agentlight is running at ${url} already.

  To connect a browser to it      npm run -s agentlight -- pair
  To let it run these agents      npm run -s agentlight -- up
  To restart it                   stop it first, with Ctrl-C where it runs
  To start a second one           AGENTLIGHT_PORT=4748 AGENTLIGHT_DATA_DIR=/some/where npm start`);
}

function startService(env: NodeJS.ProcessEnv, logFile: string): Child {
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const service = startChild([AGENTLIGHT, 'serve'], {
    name: 'service',
    env,
    onLine(line) {
      log.write(`${line}\n`);
      const { text, isTrouble } = readLogLine(line);
      if (isTrouble) console.log(`service  ${text}`);
    },
  });
  started.push(service);
  return service;
}

function startRunner(env: NodeJS.ProcessEnv): Child {
  const onLine = (line: string) => console.log(`agents   ${line}`);
  const runner = startChild([AGENTLIGHT, 'up'], { name: 'runner of the agents', env, onLine });
  started.push(runner);
  return runner;
}

async function untilReady(url: string): Promise<void> {
  const endMs = performance.now() + READY_LIMIT_MS;
  while ((await nameOf(`${url}/readyz`)) !== 'agentlight') {
    if (performance.now() > endMs) {
      throw new Error(`The service is not ready: ${url}/readyz does not answer with 200.`);
    }
    await delay(50);
  }
}

/** The name in the answer of a service; undefined if nothing answers, or something else does. */
async function nameOf(url: string): Promise<unknown> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const body: unknown = response.ok ? await response.json() : undefined;
    return (body as { readonly name?: unknown } | undefined)?.name;
  } catch {
    return undefined;
  }
}

/** @throws Error with the child's last lines. */
async function untilEnded(child: Child): Promise<never> {
  const how = await child.ended;
  const lines = child.lastLines.map((line) => `  ${readLogLine(line).text}`).join('\n');
  throw new Error(`The ${child.name} has ended (${how}). Its last lines:\n${lines}`);
}

/** Without a browser, the instructions say how to load the extension by hand. */
async function tryToOpenBrowser(profileDir: string): Promise<boolean> {
  const path = await findBrowser();
  if (path === undefined) {
    console.log('No Chrome or Chromium was found. AGENTLIGHT_CHROME can say where one is.');
    return false;
  }
  try {
    const browser = await openBrowser({ path, profileDir, extensionDir: CHROME_BUILD });
    started.push(browser);
    void browser.ended.then(() => {
      if (!isStopping) console.log('The browser was closed; everything else keeps running.');
    });
    return true;
  } catch (error) {
    console.log(`${path} could not be opened with the extension: ${(error as Error).message}`);
    return false;
  }
}
