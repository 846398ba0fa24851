import { effect } from '@preact/signals';
import { render } from 'preact';
import { browser } from 'wxt/browser';
import { openModel, send } from '../../page/browser-model.ts';
import { sidePanelOpener } from '../../page/side-panel.ts';
import type { Look } from '../../shared/navigation-request.ts';
import { LOOK_KEY, LOOK_LASTS_MS } from '../../shared/navigation-request.ts';
import { lookAt } from '../../ui/look-at.ts';
import { Popup } from '../../ui/popup.tsx';

const model = await openModel();
const draw = (opener?: () => void) => {
  const actions = { ...model.actions, ...(opener && { openSidePanel: opener }) };
  render(<Popup model={{ ...model, actions }} />, document.getElementById('app') as HTMLElement);
};
draw();
// a button must not hold up the agents
draw(await sidePanelOpener());

followLook();
await send({ type: 'wake' });
// while the popup is open, the person sees everything as it comes
effect(() => {
  if (document.hidden) return;
  for (const { service, view } of model.paired.value) {
    const { seq } = view.fleet;
    if (seq > view.seenSeq) void send({ type: 'seen', service: service.id, seq });
  }
});

/** What a shortcut or the address bar asked for, before the popup was there or now. */
function followLook(): void {
  const { session } = browser.storage;
  const look = (wish: unknown) => {
    const { at, askedMs } = wish as Look;
    if (Date.now() - askedMs < LOOK_LASTS_MS) lookAt(at);
  };
  session.onChanged.addListener(({ [LOOK_KEY]: change }) => {
    if (change?.newValue !== undefined) look(change.newValue);
  });
  void session.get(LOOK_KEY).then(({ [LOOK_KEY]: wish }) => wish !== undefined && look(wish));
}
