import { render } from 'preact';
import * as z from 'zod/mini';
import { openModel, send } from '../../page/browser-model.ts';
import { reading } from '../../page/run-model.ts';
import { readTarget, runPath } from '../../shared/pages.ts';
import { RunPage } from '../../ui/run/run-page.tsx';

// the content security policy of extensions forbids eval, which zod would try
z.config({ jitless: true });
const setTitle = (title: string) => {
  document.title = title;
};
const target = readTarget(location.search);
const model = await openModel();
render(
  <RunPage
    model={model}
    reading={reading}
    target={target}
    firstTab={location.hash.slice(1)}
    onTab={(id) => history.replaceState(null, '', `#${id}`)}
    onTitle={setTitle}
    onShow={(run) => location.assign(runPath(target?.service ?? '', run))}
  />,
  document.getElementById('app') as HTMLElement,
);

await send({ type: 'wake' });
