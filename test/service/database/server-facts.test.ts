import { expect, test } from 'vitest';

import { refuseUnsuitable } from '../../../service/database/server-facts.ts';

const facts = { version: '14.0', number: 140_000, fsync: 'on', commit: 'on', replica: false };

test('a primary server with PostgreSQL 14 is accepted', () => {
  expect(() => refuseUnsuitable(facts, 'db')).not.toThrow();
});

test('an older version is refused, naming the version found and the version needed', () => {
  const old = { ...facts, version: '13.14', number: 130_014 };
  expect(() => refuseUnsuitable(old, 'db')).toThrow(
    /at db is PostgreSQL 13\.14.*needs 14 or newer: upgrade/,
  );
});

test('a replica is refused, because it is read-only', () => {
  expect(() => refuseUnsuitable({ ...facts, replica: true }, 'db')).toThrow(
    'Set DATABASE_URL to the primary',
  );
});
