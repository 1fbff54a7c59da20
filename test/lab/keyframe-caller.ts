/**
 * Makes the encoder send a keyframe every so often, as people who come to look and go again do:
 *
 *     keyframe-caller.ts <link> <every ms>
 *
 * Runs beside the gateway, so that the emulated paths do not carry what it receives. Prints true when it is logged in; the end of
 * standard input ends it.
 */
import { once } from 'node:events';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { encodeControl } from '../../protocol/control/control-unit.ts';
import { answer, onEnd } from './program.ts';

interface Login {
  readonly origin: string;
  readonly cookie: string;
}

/** The gateway of the lab has a certificate of its own making. */
const rejectUnauthorized = false;

async function post(url: string, headers: Readonly<Record<string, string>>, body: unknown) {
  const { origin } = new URL(url);
  const sent = request(url, {
    method: 'POST',
    rejectUnauthorized,
    headers: { origin, 'content-type': 'application/json', ...headers },
  });
  sent.end(JSON.stringify(body));
  const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
  const { statusCode = 0 } = response;
  const answered = await text(response);
  if (statusCode >= 300) throw new Error(`${url}: ${statusCode} ${answered}`);
  return { cookie: response.headers['set-cookie']?.[0]?.split(';', 1)[0] ?? '', body: answered };
}

async function logIn(link: string): Promise<Login> {
  const { origin, hash } = new URL(link);
  const token = hash.replace('#token=', '');
  const { cookie } = await post(`${origin}/api/login`, {}, { token });
  return { origin, cookie };
}

/** One visit: whoever begins to look gets a keyframe. */
async function visit({ origin, cookie }: Login): Promise<void> {
  const { body } = await post(`${origin}/api/ticket`, { cookie }, {});
  const { tickets } = JSON.parse(body) as { tickets: { webSocket: string } };
  const protocols = ['dtf.1', `ticket.${tickets.webSocket}`];
  const url = `${origin.replace('https:', 'wss:')}/dtf/1`;
  const socket = new WebSocket(url, protocols, { origin, headers: { cookie }, rejectUnauthorized });
  await once(socket, 'open');
  const hello = {
    versions: [1],
    video: ['avc1.42E01F', 'vp8'],
    audio: [],
    mode: 'balanced',
  } as const;
  socket.send(encodeControl({ type: 'hello', hello }));
  // The answer to HELLO, and the first unit after it.
  await once(socket, 'message');
  await once(socket, 'message');
  socket.close();
  await once(socket, 'close');
}

async function main([link = '', everyMs = '0']: readonly string[]): Promise<void> {
  const login = await logIn(link);
  answer(true);
  const timer = setInterval(() => void visit(login), Number(everyMs));
  onEnd(() => {
    clearInterval(timer);
    process.exit();
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
