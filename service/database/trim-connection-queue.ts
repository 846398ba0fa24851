import type { Sql } from './connect.ts';

/** How many queries are made between two trims. */
const queriesPerTrim = 5_000;

/**
 * Works around a leak of the driver (postgres 3.4.9, `src/queue.js`), which is why its exact version is pinned.
 *
 * The driver keeps its idle connections in a queue that remembers, as an empty place, each connection that was ever taken
 * from it, and searches all of these places for each query. It forgets them only at a moment when the queue is empty, that
 * is, when all connections are in use. A pool that is never that busy gets slower with each query: measured, from 80 to
 * 250 µs of CPU for a query after 400,000.
 *
 * So from time to time all connections are used at once. To be removed when the driver forgets these places by itself.
 */
export function trimConnectionQueue(sql: Sql): Sql {
  let queries = 0;
  const useAllConnections = async () => {
    try {
      await Promise.all(Array.from({ length: sql.options.max }, () => sql`select 1`));
    } catch {
      // the database does not answer: the next query finds that out and reports it
    }
  };
  return new Proxy(sql, {
    apply(target, self, args) {
      queries += 1;
      if (queries % queriesPerTrim === 0) void useAllConnections();
      return Reflect.apply(target, self, args) as unknown;
    },
  });
}
