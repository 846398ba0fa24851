/** Preloaded into what `npm start` starts: when that is gone, even by `kill -9`, they stop as on Ctrl-C. */
process.on('disconnect', () => process.kill(process.pid, 'SIGINT'));
// waiting for that is no reason to stay
process.channel?.unref();
