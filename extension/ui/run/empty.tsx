/** A note that there is nothing to show, and why. */
import type { ComponentChildren } from 'preact';
import css from './empty.module.css';

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class={css['empty']}>{children}</p>;
}
