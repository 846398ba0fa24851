import { createServer, request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkNode } from '../../../service/cli/doctor/machine-checks.ts';
import { checkClock, checkVersion } from '../../../service/cli/doctor/service-checks.ts';
import { VERSION } from '../../../service/version.ts';
import { startCommandLine } from '../../support/command-line.ts';
import { startNewerService } from '../../support/newer-service.ts';
import { startTestService } from '../../support/test-service.ts';

interface Found {
  readonly check: string;
  readonly status: string;
  readonly says: string;
  readonly todo?: string;
}

/** A home folder without coding agents. */
function emptyHome(): { home: string; env: NodeJS.ProcessEnv } {
  const home = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(home, { recursive: true }));
  const env = { CLAUDE_CONFIG_DIR: join(home, 'claude'), CODEX_HOME: join(home, 'codex') };
  return { home, env };
}

async function call(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string) {
  const line = startCommandLine(args, env, cwd);
  const { exitCode } = await line.ended;
  return { exitCode, stdout: line.stdout(), stderr: line.stderr() };
}

/** Findings by check. */
async function examine(env: NodeJS.ProcessEnv, cwd?: string) {
  const { exitCode, stdout, stderr } = await call(['doctor', '--json'], env, cwd);
  expect(stderr).toBe('');
  const lines = stdout.trim().split('\n');
  const all = lines.map((line) => JSON.parse(line) as Found);
  const found = Object.fromEntries(all.map((one) => [one.check, one]));
  return { exitCode, found, statuses: all.map(({ check, status }) => `${check} ${status}`) };
}

interface ProxyOptions {
  /** Sends nothing before it has everything. */
  readonly buffers?: boolean;
  /** Header of what it asks, instead of the one that it was asked with. */
  readonly host?: string;
  /** Changes the headers of an answer. */
  readonly change?: (headers: OutgoingHttpHeaders) => OutgoingHttpHeaders;
}

/** A proxy in front of the service. */
async function startProxy(
  target: string,
  { buffers = false, host, change = (headers) => headers }: ProxyOptions = {},
): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { method, url } = incoming;
    const headers = { ...incoming.headers, ...(host !== undefined && { host }) };
    const asked = request(target + url, { method, headers }, (answer) => {
      const pieces: Buffer[] = [];
      const head = () => outgoing.writeHead(answer.statusCode ?? 500, change(answer.headers));
      if (!buffers) {
        head();
        answer.pipe(outgoing);
        return;
      }
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => head().end(Buffer.concat(pieces)));
      answer.on('error', () => outgoing.destroy());
    });
    asked.on('error', () => outgoing.destroy());
    outgoing.on('close', () => asked.destroy());
    incoming.pipe(asked);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('where all is well every line says so, and the exit code is 0', async () => {
  const service = await startTestService();
  const env = { ...service.env, ...emptyHome().env };
  await service.client.registerAgent('a', { name: 'A', capabilities: [] });
  const { code } = await service.client.request<{ code: string }>('POST', '/v1/pairing-codes');
  const body = { code, label: 'Chrome on laptop' };
  const { token } = await service.client.request<{ token: string }>('POST', '/v1/pair', { body });
  expect((await examine(env)).found['browser']?.says).toContain('has never connected');
  await fetch(`${service.url}/v1/snapshot`, { headers: { Authorization: `Bearer ${token}` } });

  const { exitCode, found, statuses } = await examine(env);
  expect(exitCode).toBe(0);
  expect(statuses).toEqual([
    'node ok',
    'address ok',
    'database ok',
    'clock ok',
    'token ok',
    'version ok',
    'stream ok',
    'browser ok',
    'agents ok',
    'claude-code ok',
    'codex ok',
  ]);
  expect(found['token']?.says).toContain('owner with the scopes read, operate, report, admin');
  expect(found['browser']?.says).toContain('Chrome on laptop, 20');
  expect(found['agents']?.says).toBe('1 known, 0 connected, 0 offline.');

  const { stdout } = await call(['doctor'], env);
  const lines = stdout.trim().split('\n');
  expect(lines).toHaveLength(11);
  for (const line of lines) expect(line).toMatch(/^✓ [a-z-]+ +\S.*\.$/);
  expect(stdout).not.toContain(env['AGENTLIGHT_TOKEN']);
});

test('a service that is not there, and another program in its place, are told apart', async () => {
  const { env } = emptyHome();
  const nowhere = { ...process.env, ...env, AGENTLIGHT_URL: 'http://127.0.0.1:4' };
  const { exitCode, found, statuses } = await examine(nowhere);
  expect(exitCode).toBe(1);
  expect(statuses).toEqual(['node ok', 'address wrong', 'claude-code ok', 'codex ok']);
  expect(found['address']).toMatchObject({
    says: 'No answer from http://127.0.0.1:4: nothing listens there.',
    todo: expect.stringContaining('agentlight serve'),
  });

  const other = createServer((_request, response) => response.end('<h1>It works!</h1>'));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const foreign = await examine({ ...nowhere, AGENTLIGHT_URL: url });
  expect(foreign.exitCode).toBe(1);
  expect(foreign.found['address']?.says).toContain('answers with 200, but it is not Agentlight');
});

test('a name under which the service may not be addressed is told with the setting for it', async () => {
  const service = await startTestService();
  const url = await startProxy(service.url, { host: 'agents.example' });
  const { found } = await examine({ ...service.env, ...emptyHome().env, AGENTLIGHT_URL: url });
  expect(found['address']).toMatchObject({
    status: 'wrong',
    says: expect.stringMatching(/"agents\.example".*AGENTLIGHT_ALLOWED_HOSTS/),
  });
});

test('a token that is not good, and one that may not do everything, are told', async () => {
  const service = await startTestService();
  const env = { ...service.env, ...emptyHome().env };
  const bad = await examine({ ...env, AGENTLIGHT_TOKEN: 'nonsense' });
  expect(bad.exitCode).toBe(1);
  expect(bad.found['token']).toMatchObject({
    status: 'wrong',
    says: expect.stringContaining('unknown or was revoked'),
  });
  expect(bad.found['stream']).toBeUndefined();

  const made = await call(['token', 'create', '--user', 'ci', '--scope', 'report', '--json'], env);
  const { token } = JSON.parse(made.stdout) as { token: string };
  const partly = await examine({ ...env, AGENTLIGHT_TOKEN: token });
  expect(partly.exitCode).toBe(0);
  expect(partly.found['token']?.says).toContain('belongs to ci with the scopes report.');
  expect(partly.found['browser']?.status).toBe('warning');

  const none = { ...env, AGENTLIGHT_TOKEN: '', AGENTLIGHT_DATA_DIR: '/nowhere' };
  const { found } = await examine(none);
  expect(found['token']).toMatchObject({
    status: 'wrong',
    says: expect.stringMatching('No token'),
  });
});

test('a proxy that holds the stream back, or has another time, is found', async () => {
  const service = await startTestService();
  const env = { ...service.env, ...emptyHome().env };
  const holding = await startProxy(service.url, { buffers: true });
  const held = await examine({ ...env, AGENTLIGHT_URL: holding });
  expect(held.exitCode).toBe(1);
  expect(held.found['stream']).toMatchObject({
    status: 'wrong',
    todo: expect.stringContaining('proxy_buffering off'),
  });
  expect(held.found['token']?.status).toBe('ok');

  const ahead = () => new Date(Date.now() + 60_000).toUTCString();
  const change = (headers: object) => ({ ...headers, date: ahead() });
  const late = await startProxy(service.url, { change });
  const skewed = await examine({ ...env, AGENTLIGHT_URL: late });
  expect(skewed.exitCode).toBe(0);
  expect(skewed.found['clock']).toMatchObject({
    status: 'warning',
    says: expect.stringMatching(/^The clock of the service is (59|60|61) s ahead/),
  });
  expect(skewed.found['stream']?.status).toBe('ok');
});

test('coding agents are connected, or not, or kept from it', async () => {
  const service = await startTestService();
  const { home, env: dirs } = emptyHome();
  const env = { ...service.env, ...dirs };
  mkdirSync(dirs['CLAUDE_CONFIG_DIR'] ?? '');
  mkdirSync(dirs['CODEX_HOME'] ?? '');
  const fresh = await examine(env, home);
  expect(fresh.exitCode).toBe(0);
  expect(fresh.found['claude-code']).toMatchObject({
    status: 'warning',
    todo: 'Connect it with: agentlight setup claude-code',
  });
  expect(fresh.found['codex']?.status).toBe('warning');

  await call(['setup', 'claude-code', '--yes', '--no-approvals'], env, home);
  await call(['setup', 'codex', '--yes'], env, home);
  const connected = await examine(env, home);
  expect(connected.found['claude-code']?.says).toBe('Claude Code is connected.');
  expect(connected.found['codex']?.says).toBe('Codex is connected.');

  const file = join(dirs['CLAUDE_CONFIG_DIR'] ?? '', 'settings.json');
  const settings = JSON.parse(readFileSync(file, 'utf8')) as { hooks: Record<string, unknown> };
  delete settings.hooks['Stop'];
  writeFileSync(file, JSON.stringify(settings));
  const config = join(dirs['CODEX_HOME'] ?? '', 'config.toml');
  writeFileSync(config, `${readFileSync(config, 'utf8')}\n[features]\nhooks = false\n`);
  const partly = await examine(env, home);
  expect(partly.found['claude-code']?.todo).toBe('Update it with: agentlight setup claude-code');
  expect(partly.found['codex']).toMatchObject({ status: 'wrong' });
  expect(partly.exitCode).toBe(1);

  writeFileSync(file, JSON.stringify({ ...settings, disableAllHooks: true }));
  expect((await examine(env, home)).found['claude-code']).toMatchObject({
    status: 'wrong',
    says: expect.stringContaining('disableAllHooks'),
  });
  writeFileSync(file, '{');
  expect((await examine(env, home)).found['claude-code']?.says).toContain("can't be read");
});

test('a service of another protocol is found', async () => {
  const service = await startTestService();
  const other = await startNewerService(service.url);
  other.become({ protocol: 2 });
  const env = { ...service.env, ...emptyHome().env, AGENTLIGHT_URL: other.url };
  const { exitCode, found } = await examine(env);
  expect(exitCode).toBe(1);
  expect(found['version']).toMatchObject({
    status: 'wrong',
    says: expect.stringMatching(/^The service is too new for this program .* Update this program/),
  });
});

test('versions and times are compared', () => {
  expect(checkVersion(VERSION).status).toBe('ok');
  expect(checkVersion('9.0.0').status).toBe('warning');
  const now = 'Sat, 31 Jan 2026 12:00:00 GMT';
  const nowMs = Date.parse(now);
  expect(checkClock(now, nowMs + 5_000).status).toBe('ok');
  expect(checkClock(now, nowMs + 6_000)).toMatchObject({
    status: 'warning',
    says: 'The clock of the service is 6 s behind this one.',
  });
  expect(checkClock(null, nowMs).status).toBe('ok');
  expect(checkNode('22.9.0').status).toBe('wrong');
  expect(checkNode('24.0.0').status).toBe('ok');
});
