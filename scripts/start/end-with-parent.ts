/** Preloaded into the children of `npm start`: when that ends, even by `kill -9`, they stop as on Ctrl-C. */
process.on('disconnect', () => process.kill(process.pid, 'SIGINT'));
// this channel alone does not keep the process running
process.channel?.unref();
