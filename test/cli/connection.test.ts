import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openClient, serviceUrl } from '../../service/cli/connection.ts';
import { NoTokenError, UsageError } from '../../service/cli/exit-codes.ts';

test.each([
  [{}, 'http://127.0.0.1:4747'],
  [{ AGENTLIGHT_PORT: '5000' }, 'http://127.0.0.1:5000'],
  [{ AGENTLIGHT_HOST: '0.0.0.0' }, 'http://127.0.0.1:4747'],
  [{ AGENTLIGHT_HOST: '10.0.0.7' }, 'http://10.0.0.7:4747'],
  [{ AGENTLIGHT_HOST: '::1' }, 'http://[::1]:4747'],
  [{ AGENTLIGHT_URL: 'https://light.example/x', AGENTLIGHT_PORT: '1' }, 'https://light.example/x'],
])('with %j the service is at %s', (env, expected) => {
  expect(serviceUrl(env)).toBe(expected);
});

test('an address that is none is refused', () => {
  expect(() => serviceUrl({ AGENTLIGHT_URL: 'localhost:4747' })).toThrow(UsageError);
});

test('a token is taken from the environment, else from the data directory', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
  onTestFinished(() => rmSync(dir, { recursive: true }));
  const env = { AGENTLIGHT_DATA_DIR: dir };
  await expect(openClient({ ...env, AGENTLIGHT_TOKEN: 'given' })).resolves.toBeDefined();
  await expect(openClient(env)).rejects.toThrow(NoTokenError);
  await expect(openClient(env)).rejects.toThrow(`left one in ${join(dir, 'owner-token')}`);
  writeFileSync(join(dir, 'owner-token'), 'kept\n');
  await expect(openClient(env)).resolves.toBeDefined();
});
