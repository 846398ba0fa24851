import { effect } from '@preact/signals';
import { render } from 'preact';
import { openModel, send } from '../../browser-model.ts';
import { sidePanelOpener } from '../../side-panel.ts';
import { Popup } from '../../ui/popup.tsx';

const model = await openModel();
const draw = (opener?: () => void) => {
  const actions = { ...model.actions, ...(opener && { openSidePanel: opener }) };
  render(<Popup model={{ ...model, actions }} />, document.getElementById('app') as HTMLElement);
};
draw();
// a button must not hold up the agents
draw(await sidePanelOpener());

await send({ type: 'wake' });
// while the popup is open, the person sees everything as it comes
effect(() => {
  if (document.hidden) return;
  for (const { service, view } of model.paired.value) {
    const { seq } = view.fleet;
    if (seq > view.seenSeq) void send({ type: 'seen', service: service.id, seq });
  }
});
