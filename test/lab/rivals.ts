/**
 * Senders of other designs, to be measured on the same path: synthetic video over one WebSocket.
 *
 *     rivals.ts send <rival> <host> <port>      prints true when it listens
 *     rivals.ts receive <rival> <url>           prints true when it is connected, and at its end a RivalReport
 *
 * `plain` writes every frame at once. `selkies` does, too, but for the gate of selkies-gate.ts. `rtwebsocket` has the window and the
 * lifetimes of rtwebsocket-window.ts. Frames are 60 a second of 8 Mbit/s together, the same sizes in every run; a keyframe is the first
 * one, and the first one after a pause. Every frame that arrives counts, whether or not a decoder could use it.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';
import { answer, onEnd } from './program.ts';
import { receiveRtWebSocket, rtWebSocketSender } from './rtwebsocket-rival.ts';
import { ACK_EVERY_MS, CHECK_EVERY_MS, SelkiesGate } from './selkies-gate.ts';

export const rivalNames = ['plain', 'selkies', 'rtwebsocket'] as const;
export type RivalName = (typeof rivalNames)[number];

/** Frames in their order of arrival; three lists of the same length. Times are milliseconds of CLOCK_MONOTONIC. */
export interface RivalReport {
  readonly capturedAtMs: readonly number[];
  readonly receivedAtMs: readonly number[];
  readonly bytes: readonly number[];
}

const FRAMES_PER_SECOND = 60;
const BITS_PER_SECOND = 8e6;
/** Sizes vary by so much around their mean, as those of a moving picture under a constant bitrate do. */
const SPREAD = 0.3;
const KEYFRAME_BYTES = 100_000;
const HEADER_BYTES = 12;

const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Sizes of frames, the same in every run. */
function* frameSizes(): Generator<number, undefined> {
  const mean = BITS_PER_SECOND / 8 / FRAMES_PER_SECOND;
  for (let state = 1; ; state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) {
    yield Math.round(mean * (1 + SPREAD * (2 * (state / 2 ** 32) - 1)));
  }
}

async function send(name: RivalName, host: string, port: number): Promise<void> {
  const server = new WebSocketServer({ host, port, perMessageDeflate: false });
  await once(server, 'listening');
  server.on('connection', (socket) => stream(socket, name));
  answer(true);
  onEnd(() => process.exit());
}

function stream(socket: WebSocket, name: RivalName): void {
  socket.on('error', () => undefined);
  const write =
    name === 'rtwebsocket' ? rtWebSocketSender(socket) : (frame: Buffer) => socket.send(frame);
  const gate = name === 'selkies' ? gateOf(socket) : undefined;
  const sizes = frameSizes();
  let frame = 0;
  const begin = nowMs();
  const paint = setInterval(() => {
    while (begin + (frame * 1_000) / FRAMES_PER_SECOND <= nowMs()) {
      const size = sizes.next().value ?? 0;
      if (gate?.isOpen !== false) {
        const isKeyframe = frame === 0 || gate?.takeKeyframe() === true;
        const message = Buffer.alloc(isKeyframe ? KEYFRAME_BYTES : size);
        message.writeDoubleBE(begin + (frame * 1_000) / FRAMES_PER_SECOND);
        message.writeUInt32BE(frame, 8);
        gate?.onSent(frame);
        write(message);
      }
      frame += 1;
    }
  }, 1);
  socket.on('close', () => {
    clearInterval(paint);
  });
}

/** The gate of selkies, bound to a socket and the clock. */
function gateOf(socket: WebSocket) {
  const gate = new SelkiesGate(FRAMES_PER_SECOND);
  let wantsKeyframe = false;
  const check = setInterval(() => {
    if (gate.check()) wantsKeyframe = true;
  }, CHECK_EVERY_MS);
  socket.on('message', (acknowledgement: Buffer) =>
    gate.onAcknowledged(acknowledgement.readUInt32BE(0), nowMs()),
  );
  socket.on('close', () => {
    clearInterval(check);
  });
  return {
    get isOpen(): boolean {
      return gate.isOpen;
    },
    onSent: (frame: number): void => gate.onSent(frame, nowMs()),
    takeKeyframe: (): boolean => {
      const wanted = wantsKeyframe;
      wantsKeyframe = false;
      return wanted;
    },
  };
}

async function receive(name: RivalName, url: string): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const [capturedAtMs, receivedAtMs, bytes]: number[][] = [[], [], []];
  let newest: number | undefined;
  const take = (message: Buffer): void => {
    if (message.length < HEADER_BYTES) return;
    receivedAtMs?.push(nowMs());
    capturedAtMs?.push(message.readDoubleBE(0));
    bytes?.push(message.length);
    newest = message.readUInt32BE(8);
  };
  if (name === 'rtwebsocket') receiveRtWebSocket(socket, take);
  else socket.on('message', take);
  await once(socket, 'open');
  answer(true);
  const acknowledge = setInterval(() => {
    if (newest === undefined || name === 'rtwebsocket') return;
    const acknowledgement = Buffer.alloc(4);
    acknowledgement.writeUInt32BE(newest);
    socket.send(acknowledgement);
  }, ACK_EVERY_MS);
  onEnd(() => {
    clearInterval(acknowledge);
    answer({ capturedAtMs, receivedAtMs, bytes });
    socket.terminate();
  });
}

async function main([mode, rival, ...rest]: readonly string[]): Promise<void> {
  const name = rivalNames.find((known) => known === rival);
  const [first = '', port] = rest;
  if (mode === 'receive' && name !== undefined) await receive(name, first);
  else if (mode === 'send' && name !== undefined) await send(name, first, Number(port));
  else {
    const known = rivalNames.join('|');
    throw new RangeError(
      `expected send or receive and ${known}, got ${String(mode)} ${String(rival)}`,
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
