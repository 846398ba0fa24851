// Counts down from 20, one second at a time: something to watch, and to cancel.
import { setTimeout as delay } from 'node:timers/promises';

const SECONDS = 20;

for (let left = SECONDS; left > 0; left -= 1) {
  console.log(`${left} s left (${Math.round(((SECONDS - left) / SECONDS) * 100)} %)`);
  await delay(1_000);
}
console.log('Lift-off.');
