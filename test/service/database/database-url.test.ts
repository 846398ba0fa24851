import { describe, expect, test } from 'vitest';

import { describeDatabaseUrl, readDatabaseUrl } from '../../../service/database/database-url.ts';

describe('a database URL', () => {
  test.each([
    'postgres://user:secret@db.example:5433/agentlight?sslmode=require',
    'postgresql://localhost/agentlight',
    'postgres://user:secret@one:5432,two:5433/agentlight',
  ])('of a host is used as it is: %s', (url) => {
    expect(readDatabaseUrl(url)).toEqual({ url });
  });

  test.each([
    [
      'postgres://user:secret@/agentlight?host=/run/postgresql',
      'postgres://user:secret@localhost/agentlight',
    ],
    ['postgres:///agentlight?host=/run/postgresql', 'postgres://localhost/agentlight'],
    [
      'postgres://user@%2Frun%2Fpostgresql:5433/agentlight',
      'postgres://user@localhost:5433/agentlight',
    ],
    [
      'postgres://user@db/agentlight?host=/run/postgresql&sslmode=disable',
      'postgres://user@localhost/agentlight?sslmode=disable',
    ],
  ])('can name the directory of a socket: %s', (given, url) => {
    expect(readDatabaseUrl(given)).toEqual({ url, host: '/run/postgresql' });
  });

  test.each([
    '',
    'localhost/agentlight',
    'mysql://localhost/agentlight',
    'postgres://user:pa ss:word@:x/',
  ])('that is none is refused with an example: %j', (url) => {
    expect(() => readDatabaseUrl(url)).toThrow('postgres://user:password@host:5432/name');
  });

  test.each([
    [
      'postgres://user:secret@db.example:5433/agentlight?password=secret',
      'db.example:5433, database agentlight',
    ],
    ['postgres://user:secret@one,two/agentlight', 'one, database agentlight'],
    [
      'postgres://user:secret@/agentlight?host=/run/postgresql',
      '/run/postgresql, database agentlight',
    ],
    ['postgres://db.example', 'db.example, database (default)'],
  ])('is described without its secrets: %s', (url, description) => {
    expect(describeDatabaseUrl(url)).toBe(description);
  });
});
