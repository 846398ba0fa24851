/** What an operation of the HTTP interface is described by. */
import type * as z from 'zod/mini';
import { agentIdSchema, uuidSchema } from '../../protocol/wire/ids.ts';
import type { ProblemType } from '../../protocol/wire/problem.ts';
import type { Scope } from '../../protocol/wire/messages.ts';
import type { AnswerName } from './answers.ts';

type Method = 'get' | 'put' | 'post' | 'delete';

/** By path, with `{id}` for what varies. */
export type Operations = Readonly<Record<string, Partial<Record<Method, Operation>>>>;

export interface Operation {
  /** Different for each; what generated clients call it. */
  readonly id: string;
  readonly summary: string;
  /** One of these is enough, and `admin` always is. None: no token is needed. */
  readonly scopes: readonly Scope[];
  /** The token may be in the address. */
  readonly takesTokenInAddress?: true;
  readonly params?: Readonly<Record<string, z.ZodMiniType>>;
  readonly query?: z.ZodMiniObject;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: z.ZodMiniType;
  readonly isBodyOptional?: true;
  /** By media type: bodies that are taken in place of the JSON. */
  readonly otherBodies?: Readonly<Record<string, z.ZodMiniType>>;
  readonly answers: Readonly<Record<number, Answer>>;
  /** Besides those that any request can get. */
  readonly problems?: readonly ProblemType[];
}

export interface Answer {
  readonly description: string;
  /** Default `application/json`; empty: no content. */
  readonly mediaType?: string;
  readonly schema?: AnswerName;
}

/** Any token but an empty one. */
export const ANY: readonly Scope[] = ['read', 'operate', 'report'];
export const NOTHING: Answer = { description: 'Done.', mediaType: '' };

export const agentParams = { id: agentIdSchema };
/** A run, a token, an approval. */
export const uuidParams = { id: uuidSchema };
