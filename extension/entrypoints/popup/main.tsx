import { effect } from '@preact/signals';
import { render } from 'preact';
import { browser } from 'wxt/browser';
import { openModel, send } from '../../page/browser-model.ts';
import { sidePanelOpener } from '../../page/side-panel.ts';
import type { NavigationRequest } from '../../shared/navigation-request.ts';
import { NAVIGATION_KEY, NAVIGATION_VALID_MS } from '../../shared/navigation-request.ts';
import { focusTarget } from '../../ui/navigate.ts';
import { Popup } from '../../ui/popup.tsx';

const model = await openModel();
const draw = (opener?: () => void) => {
  const actions = { ...model.actions, ...(opener && { openSidePanel: opener }) };
  render(<Popup model={{ ...model, actions }} />, document.getElementById('app') as HTMLElement);
};
draw();
// the list must not wait for the side panel button
draw(await sidePanelOpener());

followNavigationRequests();
await send({ type: 'wake' });
// while the popup is visible, everything counts as seen
effect(() => {
  if (document.hidden) return;
  for (const { service, view } of model.paired.value) {
    const { seq } = view.fleet;
    if (seq > view.seenSeq) void send({ type: 'seen', service: service.id, seq });
  }
});

/** Handles the request that opened the popup, and later ones. */
function followNavigationRequests(): void {
  const { session } = browser.storage;
  const handle = (request: unknown) => {
    const { at, askedMs } = request as NavigationRequest;
    if (Date.now() - askedMs < NAVIGATION_VALID_MS) focusTarget(at);
  };
  session.onChanged.addListener(({ [NAVIGATION_KEY]: change }) => {
    if (change?.newValue !== undefined) handle(change.newValue);
  });
  void session
    .get(NAVIGATION_KEY)
    .then(({ [NAVIGATION_KEY]: request }) => request !== undefined && handle(request));
}
