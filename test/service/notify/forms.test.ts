/** The requests for each type of target, and the validation of the configuration file. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../../../service/config.ts';
import { toDeliveryResult } from '../../../service/notify/deliver.ts';
import type { Notice } from '../../../service/notify/notice.ts';
import { parseNotifyConfig, readNotifyConfig } from '../../../service/notify/notify-config.ts';
import { headerText, sign, toRequest } from '../../../service/notify/request.ts';
import { MAX_ATTEMPTS, retryDelayMs } from '../../../service/notify/retry.ts';
import { matchesGlob } from '../../../service/notify/rules.ts';
import { oneLine } from '../../../service/notify/text.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const url = 'https://receiver.example/hook';

const notice: Notice = {
  type: 'run.failed',
  time: '2026-01-31T12:00:00.000Z',
  seq: 7,
  title: 'Bäckerei failed',
  message: '<!channel> & <https://evil.example|click> @here @Everyone @allison',
  agent: { id: 'a', name: 'Bäckerei', host: 'laptop' },
  link: 'https://status.example/a?x=1&y=2',
};

describe('webhook', () => {
  test('has the signature of the example in Standard Webhooks', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
    expect(sign(secret, id, '1614265330', '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });

  test('has the id, the time and the signature in headers', () => {
    const { headers, body } = toRequest({ type: 'webhook', url, secret: SECRET }, notice, 'id', 0);
    expect(headers).toMatchObject({ 'webhook-id': 'id', 'webhook-timestamp': '0' });
    expect(headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
    const { time, type, ...data } = notice;
    expect(JSON.parse(body)).toEqual({ type, timestamp: time, data });
  });
});

describe('ntfy', () => {
  const { headers, body } = toRequest({ type: 'ntfy', url, token: 'tk_1' }, notice, 'id', 0);

  test('has an ASCII title header, and the message as its body', () => {
    expect(headers).toMatchObject({
      Priority: '4',
      Tags: 'x',
      Click: notice.link,
      Authorization: 'Bearer tk_1',
    });
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]+$/);
    expect(body).toBe(notice.message);
  });

  test('encodes titles in words of at most 75 characters without splitting a character', () => {
    for (const title of ['plain', '日本語'.repeat(30), '👩‍👩‍👧‍👦'.repeat(9), '=?utf-8?q?x?=']) {
      const text = headerText(title);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      if (text === title) continue;
      const words = text.split(' ');
      for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
      const decoded = words.map((word) =>
        new TextDecoder('utf-8', { fatal: true }).decode(
          Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)?.[1] ?? '', 'base64'),
        ),
      );
      expect(decoded.join('')).toBe(title);
    }
  });
});

test('text from agents can neither make links in Slack nor mention everybody', () => {
  const { body } = toRequest({ type: 'slack', url }, notice, 'id', 0);
  const { text, blocks } = JSON.parse(body) as { text: string; blocks: unknown[] };
  expect(text).toBe(
    'Bäckerei failed: &lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; @\u200bhere @\u200bEveryone @allison',
  );
  const links = JSON.stringify(blocks).match(/<[^>]*>/g);
  expect(links).toEqual(['<https://status.example/a?x=1&amp;y=2|Open>']);
  expect(blocks).toHaveLength(3);
});

test('text from agents becomes one line of limited length without invisible characters', () => {
  expect(oneLine('a\r\nX-Header: b\u202e\u0000 \u001b[31mc', 100)).toBe('a X-Header: b [31mc');
  expect(oneLine('😀'.repeat(10), 6)).toBe('😀😀…');
  expect(oneLine('\ud800', 6)).toBe('�');
});

test('patterns match whole ids, and none is slow', () => {
  const cases: [string, string, boolean][] = [
    ['*', 'a', true],
    ['a*', 'ba', false],
    ['*-ci', 'web-ci', true],
    ['*-ci', 'web-ci-2', false],
    ['w?b*', 'web', true],
    ['w.b', 'web', false],
    ['a**b', 'ab', true],
    ['', 'a', false],
    ['ab', 'abc', false],
    ['*a*b*c', 'xxaxxbxxc', true],
    ['*a'.repeat(50), 'a'.repeat(49), false],
  ];
  for (const [glob, id, expected] of cases) {
    expect([glob, id, matchesGlob(glob, id)]).toEqual([glob, id, expected]);
  }
});

test('retry delays grow to five minutes with full jitter, about an hour in total at most', () => {
  expect(retryDelayMs(1, 0, 0)).toBe(0);
  expect(retryDelayMs(1, 1, 0)).toBe(1_000);
  expect(retryDelayMs(4, 0.5, 0)).toBe(4_000);
  expect(retryDelayMs(19, 1, 0)).toBe(300_000);
  expect(retryDelayMs(1, 1, 7_000)).toBe(8_000);
  expect(retryDelayMs(1, 1, 86_400_000)).toBe(300_000);
  const longest = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, index) =>
    retryDelayMs(index + 1, 1, 0),
  );
  const minutes = longest.reduce((sum, ms) => sum + ms, 0) / 60_000;
  expect(minutes).toBeGreaterThan(45);
  expect(minutes).toBeLessThan(65);
});

test('the status of the response decides whether a retry may succeed', () => {
  expect(toDeliveryResult(200, null)).toEqual({ outcome: 'delivered' });
  expect(toDeliveryResult(429, '7')).toMatchObject({ outcome: 'failed', afterMs: 7_000 });
  expect(toDeliveryResult(503, 'Wed, 21 Oct 2026 07:28:00 GMT')).toMatchObject({ afterMs: 0 });
  for (const status of [301, 307, 400, 401, 403, 404, 410]) {
    expect(toDeliveryResult(status, null)).toMatchObject({ outcome: 'refused' });
  }
});

describe('the configuration file', () => {
  const good = {
    link: 'https://status.example/{agent}/{run}',
    targets: { phone: { type: 'ntfy', url: 'https://ntfy.example/topic' } },
    rules: [{ on: ['run.failed'], to: 'phone' }],
  };
  const messageOf = (content: unknown): string => {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    try {
      parseNotifyConfig(text, '/etc/notify.json');
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    }
    return expect.unreachable(`${text} was accepted`);
  };
  const target = (given: object) => messageOf({ ...good, targets: { phone: given } });
  const rule = (given: object) => messageOf({ ...good, rules: [{ ...good.rules[0], ...given }] });

  test('is accepted as documented', () => {
    expect(parseNotifyConfig(JSON.stringify(good), 'x')).toEqual(good);
  });

  test('is refused with the field and what is expected', () => {
    expect(messageOf({})).toContain('/etc/notify.json: ');
    expect(messageOf({ ...good, to: 1 })).toContain(
      'must not have "to"; the valid keys are link, targets',
    );
    expect(rule({ to: 'nobody' })).toContain('rules.0.to names no target');
    expect(rule({ on: ['run.ended'] })).toContain('rules.0.on.0 must be one of run.failed');
    expect(rule({ on: [] })).toContain('rules.0.on must not be empty');
    expect(rule({ minDurationMs: '5m' })).toContain('a whole number of milliseconds');
    expect(rule({ agent: 'x' })).toContain('must not have "agent"');
    expect(target({ type: 'mail' })).toContain('"type" of webhook, ntfy or slack');
    expect(target({ type: 'slack', url: 'file:///etc/passwd' })).toContain('http or https');
    expect(target({ type: 'slack', url: 'https://u:p@x.example' })).toContain('without user');
    expect(target({ type: 'webhook', url, secret: 'whsec_c2hvcnQ=' })).toContain('openssl');
    expect(messageOf({ ...good, link: 'https://{agent}.example' })).toContain('in the host name');
  });

  test('is refused without quoting anything that may be secret', () => {
    const secret = 'tk_very-secret';
    expect(messageOf(`{"token": "${secret}",}`)).not.toContain('secret');
    expect(messageOf(secret)).toBe('AGENTLIGHT_NOTIFY: /etc/notify.json: is not valid JSON.');
    expect(target({ type: 'ntfy', url: `ntfy:${secret}`, token: `${secret} ` })).not.toContain(
      secret,
    );
    expect(target({ type: 'webhook', url, secret })).not.toContain(secret);
  });

  test('must exist', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'agentlight-test-'));
    onTestFinished(() => rmSync(dir, { recursive: true }));
    const file = join(dir, 'notify.json');
    await expect(readNotifyConfig(file)).rejects.toThrow(`can't read ${file} (ENOENT)`);
    writeFileSync(file, JSON.stringify(good));
    expect((await readNotifyConfig(file)).rules).toHaveLength(1);
  });
});
