import { render } from 'preact';
import * as z from 'zod/mini';
import { openModel, send } from '../../page/browser-model.ts';
import { reading } from '../../page/run-model.ts';
import { SidePanel } from '../../ui/run/side-panel.tsx';

// the content security policy of extensions forbids eval, which zod would try
z.config({ jitless: true });
const model = await openModel();
render(
  <SidePanel model={model} reading={reading} />,
  document.getElementById('app') as HTMLElement,
);

await send({ type: 'wake' });
