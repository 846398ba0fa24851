/** In words, that there is nothing here, and why. */
import type { ComponentChildren } from 'preact';
import css from './empty.module.css';

export function Empty({ children }: { children: ComponentChildren }) {
  return <p class={css['empty']}>{children}</p>;
}
