// Follows the stream, and prints a line for each run that ends. Ctrl-C stops it.
//
//     export AGENTLIGHT_URL=http://127.0.0.1:4747
//     export AGENTLIGHT_TOKEN=$(npm run -s agentlight -- token create --user me --scope read | tail -1)
//     node examples/follow.js
//
// It comes back by itself, and goes on where it was: each run is printed once.
import { setTimeout as delay } from 'node:timers/promises';
import { EventSourceParserStream } from 'eventsource-parser/stream';

const { AGENTLIGHT_URL, AGENTLIGHT_TOKEN } = process.env;
const ENDS = ['run.succeeded', 'run.failed', 'run.cancelled'];
const path = `/v1/stream?${ENDS.map((type) => `type=${type}`).join('&')}`;
const headers = { Authorization: `Bearer ${AGENTLIGHT_TOKEN}` };

for (;;) {
  try {
    await follow();
  } catch (error) {
    console.error(`Trying again: ${error.message}`);
  }
  await delay(1_000);
}

async function follow() {
  const response = await fetch(AGENTLIGHT_URL + path, { headers });
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
  const messages = response.body
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream());
  for await (const { event, id, data } of messages) {
    // messages with a name control the stream
    if (event === undefined) print(JSON.parse(data));
    if (event === 'hello') console.error('Connected.');
    // the cursor: "I have everything up to here"
    if (id !== undefined) headers['Last-Event-ID'] = id;
  }
}

function print({ time, type, agent, data }) {
  console.log(`${time}  ${agent}  ${type.replace('run.', '')}  ${data.message ?? ''}`);
}
