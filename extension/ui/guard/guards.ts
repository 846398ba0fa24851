/** What keeps a list of cards and rows safe to click in: its places, its arming and its outcomes. */
import type { RefObject } from 'preact';
import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useMemo } from 'preact/hooks';
import type { Model } from '../model.ts';
import { Answers } from '../question/answers.ts';
import { Arming } from './arming.ts';
import { Hold } from './hold.ts';
import { stopDisarmed, watchList } from './movement.ts';

export interface Guards {
  readonly hold: Hold;
  readonly arming: Arming;
  readonly answers: Answers;
}

export function useGuards(model: Model): Guards {
  const guards = useMemo(
    () => ({ hold: new Hold(), arming: new Arming(), answers: new Answers(factsOf) }),
    [],
  );
  useSignalEffect(() => guards.answers.follow(model.paired.value));
  return guards;
}

/** Guards the clicks in a list. @param list the element that scrolls, or the list itself. */
export function useGuardedList(
  list: RefObject<HTMLElement | null>,
  { arming, hold }: Guards,
): { readonly onClickCapture: (event: MouseEvent) => void } {
  useLayoutEffect(() => {
    const { current } = list;
    return current ? watchList(current, arming, hold) : undefined;
  }, [list, arming, hold]);
  return { onClickCapture: (event) => stopDisarmed(event, arming) };
}

function factsOf(key: string) {
  const card = [...document.querySelectorAll<HTMLElement>('[data-item]')].find(
    ({ dataset }) => dataset['item'] === key,
  );
  return {
    heightPx: card?.offsetHeight ?? 0,
    hadFocus: card?.contains(document.activeElement) ?? false,
    isHovered: card?.matches(':hover') ?? false,
  };
}
