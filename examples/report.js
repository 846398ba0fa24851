// Reports a job from Node: registers an agent, then reports the start, the progress and the end of a run.
//
//     export AGENTLIGHT_URL=http://127.0.0.1:4747
//     export AGENTLIGHT_TOKEN=$(npm run -s agentlight -- token create --user me --scope report | tail -1)
//     node examples/report.js
//
// docs/protocol.md lists all event types.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'agentlight/client';

const { AGENTLIGHT_URL: url, AGENTLIGHT_TOKEN: token } = process.env;
const client = new Client({ url, token });
const agent = 'ranker';
const run = randomUUID();

await client.registerAgent(agent, { name: 'Train ranker', kind: 'training' });

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

// replace this with your own work
async function train(epoch) {
  await delay(500);
  return 1 / epoch;
}

function report(type, data) {
  return client.report(JSON.stringify({ events: [{ type, agent, run, data }] }));
}
