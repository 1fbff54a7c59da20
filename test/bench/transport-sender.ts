/**
 * The sending process of the transport benchmark: what the gateway runs for a viewer, from the session down to the wire,
 * without capture, encoder and login. Its argument is the folder of the page; it tells its parent the port and ends when
 * the parent lets go of it.
 */
import { createReadStream } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { WebSocketServer } from 'ws';
import { createClock } from '../../server/session-clock.ts';
import { DesktopSession } from '../../server/session/desktop-session.ts';
import type { ServerTransport } from '../../server/transport/transport.ts';
import { WebSocketTransport } from '../../server/transport/websocket.ts';
import { openWebTransport } from '../../server/transport/webtransport-endpoint.ts';
import { openRules } from '../support/open-rules.ts';
import { silentLogger as logger } from '../support/silent-logger.ts';
import { SteadyVideo } from './steady-video.ts';
import { quietObserver } from '../support/quiet-observer.ts';

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' };
const path = '/dtf/1';

const root = process.argv[2] ?? '';
const clock = createClock();
const video = new SteadyVideo();
const session = new DesktopSession({
  video,
  audio: undefined,
  audioBitrateKbps: 128,
  rules: openRules,
  desktop: { size: video.parameters, pointer: undefined, inject: () => undefined },
  clock,
  logger,
  maxViewers: 1,
  observer: quietObserver,
  videoLimits: { bitrateBps: 8_000_000, frameRate: 60 },
});
let attempts = 0;
const connect = (transport: ServerTransport): void => {
  attempts += 1;
  session.connect(transport, { session: 'bench', role: 'viewer', attempt: String(attempts) });
};

const endpoint = await openWebTransport({
  backend: 'rwebtransport',
  host: '127.0.0.1',
  port: 0,
  clock,
  logger,
  authorize: () => true,
  onTransport: connect,
});
if (endpoint === undefined) throw new Error('webtransport does not load here');

const http = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  if (pathname === '/clock') answer(response, { now: Number(process.hrtime.bigint()) / 1000 });
  else if (pathname === '/api/ticket') void ticket().then((body) => answer(response, body));
  else sendFile(join(root, pathname === '/' ? 'index.html' : pathname), response);
});
const sockets = new WebSocketServer({
  server: http,
  path,
  perMessageDeflate: false,
  handleProtocols: () => 'dtf.1',
});
sockets.on('connection', (socket) => connect(new WebSocketTransport({ socket, clock, logger })));
http.listen(0, '127.0.0.1', () => process.send?.((http.address() as AddressInfo).port));
process.on('disconnect', () => process.exit());

/** As the gateway's API answers; nobody asks for the tickets here. */
async function ticket(): Promise<object> {
  const offer = await endpoint?.offer();
  const certificateHashes = offer?.certificateHashes.map((hash) =>
    Buffer.from(hash).toString('base64'),
  );
  return {
    tickets: { webSocket: 'dGlja2V0', webTransport: 'dGlja2V0' },
    webSocketPath: path,
    webTransport: { port: offer?.port, path, certificateHashes },
  };
}

function answer(response: ServerResponse, body: object): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}

/** Isolated, as the gateway's page is, so that the browser does not coarsen its clock. */
function sendFile(file: string, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-embedder-policy': 'require-corp',
  });
  createReadStream(file)
    .on('error', () => response.destroy())
    .pipe(response);
}
