/**
 * Senders of other designs, to be measured on the same path: synthetic video over one WebSocket.
 *
 *     rivals.ts send plain|selkies <host> <port>      prints true when it listens
 *     rivals.ts receive <url>                         prints true when it is connected, and at its end a RivalReport
 *
 * `plain` writes every frame at once. `selkies` does, too, but for the gate of selkies-gate.ts. Frames are 60 a second of 8 Mbit/s
 * together, the same sizes in every run; a keyframe is the first one, and the first one after a pause.
 */
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { WebSocket, WebSocketServer } from 'ws';
import { answer, onEnd } from './program.ts';
import { ACK_EVERY_MS, CHECK_EVERY_MS, SelkiesGate } from './selkies-gate.ts';

export const rivalNames = ['plain', 'selkies'] as const;
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
  const gate = name === 'selkies' ? new SelkiesGate(FRAMES_PER_SECOND) : undefined;
  const sizes = frameSizes();
  let isKeyframe = true;
  let frame = 0;
  const begin = nowMs();
  const paint = setInterval(() => {
    while (begin + (frame * 1_000) / FRAMES_PER_SECOND <= nowMs()) {
      const size = sizes.next().value ?? 0;
      if (gate?.isOpen !== false) {
        const message = Buffer.alloc(isKeyframe ? KEYFRAME_BYTES : size);
        message.writeDoubleBE(begin + (frame * 1_000) / FRAMES_PER_SECOND);
        message.writeUInt32BE(frame, 8);
        isKeyframe = false;
        gate?.onSent(frame, nowMs());
        socket.send(message);
      }
      frame += 1;
    }
  }, 1);
  const check = setInterval(() => {
    if (gate?.check() === true) isKeyframe = true;
  }, CHECK_EVERY_MS);
  socket.on('message', (acknowledgement: Buffer) =>
    gate?.onAcknowledged(acknowledgement.readUInt32BE(0), nowMs()),
  );
  socket.on('error', () => undefined);
  socket.on('close', () => {
    clearInterval(paint);
    clearInterval(check);
  });
}

async function receive(url: string): Promise<void> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const [capturedAtMs, receivedAtMs, bytes]: number[][] = [[], [], []];
  let newest: number | undefined;
  socket.on('message', (message: Buffer) => {
    if (message.length < HEADER_BYTES) return;
    receivedAtMs?.push(nowMs());
    capturedAtMs?.push(message.readDoubleBE(0));
    bytes?.push(message.length);
    newest = message.readUInt32BE(8);
  });
  await once(socket, 'open');
  answer(true);
  const acknowledge = setInterval(() => {
    if (newest === undefined) return;
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

async function main([mode, ...rest]: readonly string[]): Promise<void> {
  const [first = '', host = '', port] = rest;
  const name = rivalNames.find((rival) => rival === first);
  if (mode === 'receive') await receive(first);
  else if (mode === 'send' && name !== undefined) await send(name, host, Number(port));
  else throw new RangeError(`expected send plain|selkies or receive, got ${String(mode)} ${first}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
