import { expect, test } from 'vitest';

import { refuseUnsuitable } from '../../../service/database/server-facts.ts';

const facts = { version: '14.0', number: 140_000, fsync: 'on', commit: 'on', replica: false };

test('a primary server of PostgreSQL 14 will do', () => {
  expect(() => refuseUnsuitable(facts, 'db')).not.toThrow();
});

test('an older one is refused with what was found and what is needed', () => {
  const old = { ...facts, version: '13.14', number: 130_014 };
  expect(() => refuseUnsuitable(old, 'db')).toThrow(
    /at db is PostgreSQL 13\.14.*needs 14 or newer: upgrade/,
  );
});

test('a replica is refused, for nothing can be appended there', () => {
  expect(() => refuseUnsuitable({ ...facts, replica: true }, 'db')).toThrow(
    'Set DATABASE_URL to the primary',
  );
});
