// An application for tests of the simulator's Diego. What it does is told by paths, and by its environment.
import { createServer } from 'node:http';

const { PORT, CF_INSTANCE_INDEX, START = 'at-once', START_DELAY_MS = '0', ON_SIGTERM = 'exit' } = process.env;
let healthStatus = 200;
let readyStatus = 200;

const answers = {
  '/healthy': (_, response) => response.writeHead(healthStatus).end(),
  '/ready': (_, response) => response.writeHead(readyStatus).end(),
  '/env': (_, response) => response.end(JSON.stringify(process.env)),
  '/who': (_, response) => response.end(`${CF_INSTANCE_INDEX}`),
  '/headers': (request, response) => response.end(JSON.stringify(request.rawHeaders)),
  '/unhealthy': (_, response) => {
    healthStatus = 500;
    response.end();
  },
  '/unready': (_, response) => {
    readyStatus = 503;
    response.end();
  },
  '/cookie': (_, response) => response.setHeader('Set-Cookie', 'JSESSIONID=1').end(),
  '/upload': (request, response) => request.pipe(response),
  // Half of an answer, and no more.
  '/half': (request, response) => {
    request.once('close', () => process.stdout.write('request closed\n'));
    response.write('half');
  },
  '/broken': (_, response) => {
    response.writeHead(200, { 'Content-Length': 10 });
    response.write('half');
    setTimeout(() => response.destroy(), 50);
  },
  '/hang-up': (request) => {
    process.stdout.write('hung up\n');
    request.socket.end();
  },
  '/reset': (request) => {
    process.stdout.write('reset it\n');
    request.socket.resetAndDestroy();
  },
  '/exit': () => process.exit(3),
};

process.on('SIGTERM', () => {
  process.stdout.write('got SIGTERM\n');
  if (ON_SIGTERM === 'exit') process.exit(0);
});
function listen() {
  createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  }).listen(Number(PORT), '127.0.0.1');
}

if (START === 'by-signal') {
  // Waiting for a signal alone keeps no process alive.
  const waiting = setInterval(() => undefined, 60_000);
  process.once('SIGUSR2', () => {
    clearInterval(waiting);
    listen();
  });
} else {
  setTimeout(listen, Number(START_DELAY_MS));
}
process.stderr.write('going to listen\n');
