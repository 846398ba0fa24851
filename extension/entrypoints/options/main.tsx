import { render } from 'preact';
import { openModel, send } from '../../browser-model.ts';
import { Options } from '../../ui/options.tsx';

const model = await openModel();
render(<Options model={model} />, document.getElementById('app') as HTMLElement);

await send({ type: 'wake' });
