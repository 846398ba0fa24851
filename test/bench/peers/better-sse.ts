/** better-sse as its documentation shows it: one channel, `broadcast` for each event. */
import { createServer } from 'node:http';
import { createChannel, createSession } from 'better-sse';

const channel = createChannel();
const server = createServer((request, response) => {
  if (request.method === 'GET') {
    void createSession(request, response).then((session) => channel.register(session));
    return;
  }
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    channel.broadcast(body);
    response.writeHead(202, { 'Content-Length': 0 }).end();
  });
});
server.listen({ port: Number(process.argv[2]), host: '127.0.0.1', backlog: 4096 });
