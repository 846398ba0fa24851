// Fails after a moment, to see what a failure looks like in the toolbar.
import { setTimeout as delay } from 'node:timers/promises';

console.log('Checking 3 files …');
await delay(1_500);
console.log('a.txt  ok');
console.log('b.txt  ok');
console.error('c.txt  expected "light", found "dark"');
console.error('1 of 3 files is wrong. This example always fails, on purpose.');
process.exitCode = 1;
