import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EVENT_KINDS } from '../../protocol/events/event.ts';
import { agentProfileSchema } from '../../protocol/events/agent.ts';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type { GithubDelivery } from '../../service/adapters/github/translate-github.ts';
import { translateGithub } from '../../service/adapters/github/translate-github.ts';
import { GITHUB_PAYLOADS } from '../../service/adapters/github/payload.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom('', ' ', '\u0000', '\u202e\u200b', 'x'.repeat(3_000), '\ud83d'.repeat(3_000)),
);
const maybe = fc.option(text);
const id = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const time = fc.oneof(fc.constant('2026-01-31T12:00:00Z'), maybe);
const url = fc.oneof(fc.webUrl(), text);
const user = fc.option(fc.record({ login: text }));
const attempt = fc.integer({ min: 1, max: 9 });
const words = (...all: string[]) => fc.oneof(fc.constantFrom(...all), text);
const status = words('queued', 'waiting', 'in_progress', 'completed');
const conclusion = fc.option(
  words('success', 'failure', 'skipped', 'action_required', 'constructor'),
);
const standing = { status, conclusion };
const fullName = text.filter((name) => name !== '');
const repository = fc.record({ id, full_name: fullName, html_url: url });
const action = fc.constantFrom('requested', 'queued', 'created', 'in_progress', 'completed');

const parts = {
  workflow_run: {
    workflow_run: fc.record({
      id,
      name: maybe,
      display_title: maybe,
      path: maybe,
      run_number: id,
      run_attempt: attempt,
      event: maybe,
      head_branch: maybe,
      html_url: url,
      ...standing,
      created_at: time,
      run_started_at: time,
      updated_at: time,
      actor: user,
      triggering_actor: user,
    }),
  },
  workflow_job: {
    workflow_job: fc.record({
      id,
      run_id: id,
      run_attempt: attempt,
      name: text,
      workflow_name: maybe,
      head_branch: maybe,
      html_url: fc.option(url),
      ...standing,
      created_at: time,
      started_at: time,
      completed_at: time,
    }),
  },
  check_run: {
    check_run: fc.record({
      id,
      name: text,
      html_url: fc.option(url),
      ...standing,
      started_at: time,
      completed_at: time,
      output: fc.option(fc.record({ title: maybe })),
      check_suite: fc.option(fc.record({ head_branch: maybe })),
    }),
  },
  deployment_status: {
    deployment: fc.record({ id, ref: maybe, environment: text, creator: user }),
    deployment_status: fc.record({
      id,
      state: words('waiting', 'in_progress', 'success', 'error', 'inactive'),
      description: maybe,
      environment_url: fc.option(url),
      log_url: fc.option(url),
      target_url: fc.option(url),
      created_at: time,
    }),
  },
};

test.each(Object.keys(parts) as (keyof typeof parts)[])(
  'whatever is in a payload of %s, what is reported is valid',
  (event) => {
    const payload = fc.record<Record<string, unknown>>({ action, repository, ...parts[event] });
    fc.assert(
      fc.property(payload, fc.string(), (body, delivery) => {
        const told = { event, payload: GITHUB_PAYLOADS[event].parse(body) } as GithubDelivery;
        const meaning = translateGithub(told, delivery);
        expect(translateGithub(told, delivery)).toEqual(meaning);
        if ('ignored' in meaning) return;
        expect(agentIdSchema.safeParse(meaning.agent.id).error).toBeUndefined();
        expect(agentProfileSchema.safeParse(meaning.agent.profile).error).toBeUndefined();
        const events = meaning.groups.flat();
        for (const { id: eventId, time: at, type, data } of events) {
          expect(uuidSchema.safeParse(eventId).error).toBeUndefined();
          expect(at === undefined || !Number.isNaN(Date.parse(at))).toBe(true);
          expect(EVENT_KINDS[type].schema.safeParse(data).error).toBeUndefined();
        }
        expect(new Set(events.map((one) => one.id)).size).toBe(events.length);
      }),
      { numRuns: 500 },
    );
  },
);
