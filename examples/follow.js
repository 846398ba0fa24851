// Follows the stream, and prints a line for each run that ends. Ctrl-C stops it.
//
//     export AGENTLIGHT_URL=http://127.0.0.1:4747
//     export AGENTLIGHT_TOKEN=$(npm run -s agentlight -- token create --user me --scope read | tail -1)
//     node examples/follow.js
//
// The client reconnects by itself and resumes where it was, so each run is printed once.
import { Client, follow, ServiceConnection } from 'agentlight/client';

const { AGENTLIGHT_URL: url, AGENTLIGHT_TOKEN: token } = process.env;
const client = new Client({ url, token });
const ENDS = ['run.succeeded', 'run.failed', 'run.cancelled'];

const connection = new ServiceConnection({
  open: (cursor, signal) => follow(client, { cursor, signal }),
  onBatch: ({ events }) => events.filter(({ type }) => ENDS.includes(type)).forEach(print),
  onChange({ state }, error) {
    if (state === 'live') console.error('Connected.');
    if (error) console.error(`Trying again: ${error.message}`);
  },
});
await connection.run();

function print({ time, type, agent, data }) {
  console.log(`${time}  ${agent}  ${type.replace('run.', '')}  ${data.message ?? ''}`);
}
