/**
 * The identifiers of the domain. All are safe in a URL path, in an SSE `id:` line and in a file name.
 */
import * as z from 'zod/mini';

/** `[a-z0-9][a-z0-9._-]{0,62}`: chosen when the agent is registered, unique within a service. */
export const agentIdSchema = z.string().check(
  z.regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'must be 1 to 63 of a-z, 0-9, ".", "_" or "-", and start with a letter or digit',
  ),
  // ids are keys of plain objects, which inherit this name; the other inherited names contain capitals
  z.refine((id) => id !== 'constructor', { error: 'is a reserved word' }),
);

/** A UUID in lower or upper case (RFC 9562); the service generates version 7, which sorts by time. */
export const uuidSchema = z
  .string()
  .check(
    z.regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
      'must be a UUID such as 0198c2f4-5b7e-7c1a-9d2e-3f4a5b6c7d8e',
    ),
    z.toLowerCase(),
  );

/** Id of a runner process; same alphabet as an agent's id, up to 100 characters. */
export const runnerIdSchema = z
  .string()
  .check(
    z.regex(
      /^[a-z0-9][a-z0-9._-]{0,99}$/,
      'must be 1 to 100 of a-z, 0-9, ".", "_" or "-", and start with a letter or digit',
    ),
  );

export type AgentId = string;
export type RunId = string;
export type EventId = string;
export type RunnerId = string;
