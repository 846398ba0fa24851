// Sends the webhooks of a build, as a build server does: webhook.json tells the service how to read them.
//
//     AGENTLIGHT_WEBHOOKS=examples/webhook.json npm start
//
// and in another terminal:
//
//     AGENTLIGHT_URL=http://127.0.0.1:4747 node examples/webhook.js
import { createHmac, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const config = JSON.parse(await readFile(new URL('webhook.json', import.meta.url), 'utf8'));
const { secret, signatureHeader } = config.builds;
const number = Date.now();

await send({ state: 'running', percent: 0, text: 'compiling' });
await delay(500);
await send({ state: 'running', percent: 60, text: 'linking' });
await delay(500);
await send({ state: 'passed', text: '12 files' });

async function send(build) {
  const body = JSON.stringify({ id: randomUUID(), project: 'app', number, ...build });
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  const response = await fetch(`${process.env.AGENTLIGHT_URL}/v1/hooks/builds`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', [signatureHeader]: `sha256=${signature}` },
    body,
  });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
