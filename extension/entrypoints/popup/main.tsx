import { effect } from '@preact/signals';
import { render } from 'preact';
import { browser } from 'wxt/browser';
import { openModel, send } from '../../page/browser-model.ts';
import { sidePanelOpener } from '../../page/side-panel.ts';
import type { NavigationRequest } from '../../shared/navigation-request.ts';
import { NAVIGATION_KEY, NAVIGATION_VALID_MS } from '../../shared/navigation-request.ts';
import { navigateTo } from '../../ui/look-at.ts';
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
    const { at, askedMs } = wish as NavigationRequest;
    if (Date.now() - askedMs < NAVIGATION_VALID_MS) navigateTo(at);
  };
  session.onChanged.addListener(({ [NAVIGATION_KEY]: change }) => {
    if (change?.newValue !== undefined) look(change.newValue);
  });
  void session
    .get(NAVIGATION_KEY)
    .then(({ [NAVIGATION_KEY]: wish }) => wish !== undefined && look(wish));
}
