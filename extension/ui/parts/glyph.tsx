/** Status as a shape: filled needs you, outlined informs, dashed has not started. Colour only repeats it. */
import type { JSX } from 'preact';
import type { Status } from '../../../protocol/fleet/status.ts';
import css from './glyph.module.css';

export type GlyphName = Status | 'live' | 'disconnected';

/** A 16 px square, hidden from screen readers: a text beside it names the status. */
export function Glyph({ name }: { name: GlyphName }) {
  return (
    <svg class={`${css['glyph']} ${css[TONES[name]]}`} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[name]}
    </svg>
  );
}

type Tone = 'needs' | 'failed' | 'running' | 'ok' | 'quiet';

const TONES: Record<GlyphName, Tone> = {
  'needs-approval': 'needs',
  'needs-input': 'needs',
  failed: 'failed',
  offline: 'quiet',
  lost: 'failed',
  cancelling: 'quiet',
  running: 'running',
  paused: 'running',
  requested: 'running',
  queued: 'quiet',
  stale: 'quiet',
  succeeded: 'ok',
  cancelled: 'quiet',
  idle: 'quiet',
  live: 'ok',
  'disconnected': 'failed',
};

const RING = <circle cx="8" cy="8" r="6.2" />;
const DASHED = <circle cx="8" cy="8" r="6.2" stroke-dasharray="2.4 2.47" />;
const CHECK = (
  <>
    {RING}
    <path d="m5.2 8.2 2 2 3.8-4.2" />
  </>
);
const SLASH = (
  <>
    {RING}
    <path d="m3.8 12.2 8.4-8.4" />
  </>
);

const TRIANGLE = (
  <path
    class={css['solid']}
    d="M8 1.2a1.4 1.4 0 0 1 1.2.7l6 10.6a1.4 1.4 0 0 1-1.2 2.1H2a1.4 1.4 0 0 1-1.2-2.1l6-10.6A1.4 1.4 0 0 1 8 1.2z"
  />
);

const SHAPES: Record<GlyphName, JSX.Element> = {
  'needs-approval': (
    <>
      {TRIANGLE}
      <path class={css['cut']} d="M8 5.8v3.4M8 11.8v.1" />
    </>
  ),
  'needs-input': (
    <>
      {TRIANGLE}
      <path class={css['cut']} d="M6.7 7.4a1.3 1.3 0 1 1 1.8 1.3c-.3.2-.5.4-.5.8M8 12v.1" />
    </>
  ),
  failed: (
    <>
      <path class={css['solid']} d="M5 1h6l4 4v6l-4 4H5l-4-4V5z" />
      <path class={css['cut']} d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
    </>
  ),
  running: (
    <>
      <circle cx="8" cy="8" r="6.2" opacity="0.3" />
      <path class={css['turning']} d="M8 1.8a6.2 6.2 0 1 1-5.4 9.3" />
      <circle class={css['solid']} cx="8" cy="8" r="2" stroke="none" />
    </>
  ),
  requested: DASHED,
  queued: DASHED,
  paused: (
    <>
      {RING}
      <path d="M6.4 5.8v4.4M9.6 5.8v4.4" />
    </>
  ),
  cancelling: (
    <>
      {DASHED}
      <path d="M5 8h6" />
    </>
  ),
  lost: (
    <>
      {RING}
      <path d="M6.3 6.3a1.8 1.8 0 1 1 2.4 2c-.5.3-.7.6-.7 1.1M8 11.6v.1" />
    </>
  ),
  succeeded: CHECK,
  cancelled: (
    <>
      {RING}
      <path d="M5 8h6" />
    </>
  ),
  idle: RING,
  stale: (
    <>
      {DASHED}
      <path d="M8 4.8V8l2 1.4" />
    </>
  ),
  offline: SLASH,
  live: CHECK,
  'disconnected': (
    <>
      {RING}
      <path d="M8 4.8v3.6M8 11v.1" />
    </>
  ),
};
