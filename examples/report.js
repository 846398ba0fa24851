// Reports a job from Node: registers an agent, then tells that a run of it starts, gets on and ends.
//
//     export AGENTLIGHT_URL=http://127.0.0.1:4747
//     export AGENTLIGHT_TOKEN=$(npm run -s agentlight -- token create --user me --scope report | tail -1)
//     node examples/report.js
//
// docs/protocol.md lists all types of events.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';

const { AGENTLIGHT_URL, AGENTLIGHT_TOKEN } = process.env;
const agent = 'ranker';
const run = randomUUID();

await request('PUT', `/v1/agents/${agent}`, { name: 'Train ranker', kind: 'training' });

await report('run.started', { command: 'node train.js' });
try {
  const EPOCHS = 3;
  for (let epoch = 1; epoch <= EPOCHS; epoch += 1) {
    const loss = await train(epoch);
    await report('metric.reported', { name: 'loss', value: loss, step: epoch });
    await report('run.progress', { value: epoch / EPOCHS, message: `epoch ${epoch} of ${EPOCHS}` });
  }
  await report('run.succeeded', { message: 'converged' });
} catch (error) {
  await report('run.failed', { reason: 'other', message: error.message });
  throw error;
}

// put your own work here
async function train(epoch) {
  await delay(500);
  return 1 / epoch;
}

function report(type, data) {
  return request('POST', '/v1/events', { events: [{ type, agent, run, data }] });
}

async function request(method, path, body) {
  const headers = {
    'Authorization': `Bearer ${AGENTLIGHT_TOKEN}`,
    'Content-Type': 'application/json',
  };
  const init = { method, headers, body: JSON.stringify(body) };
  const response = await fetch(AGENTLIGHT_URL + path, init);
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
}
