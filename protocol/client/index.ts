/** What programs import to talk to a service. */
export { BACKOFF, SHORT_BACKOFF } from './backoff.ts';
export * from './calls.ts';
export { Client } from './client.ts';
export { ServiceError } from './errors.ts';
export { follow, greet } from './follow.ts';
export { ServiceConnection } from './service-connection.ts';
