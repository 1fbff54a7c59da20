/**
 * UDP from one end of a path to the other, to see what the path does:
 *
 *     udp-endpoint.ts echo <port>                                sends back what comes
 *     udp-endpoint.ts ask <host> <port> <count> <every ms>       prints round trip times in ms
 *     udp-endpoint.ts sink <port>                                prints true when it listens, and what came at its end
 *     udp-endpoint.ts flood <host> <port> <bytes> <count> <per second>
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { answer, onEnd } from './program.ts';

/** What a sink saw. */
export interface SinkReport {
  /** Numbers of the packets that came, in their order of arrival. */
  readonly numbers: readonly number[];
  /** When the first and the last one came, µs. */
  readonly firstUs: number;
  readonly lastUs: number;
  /** UDP payload of all. */
  readonly bytes: number;
}

/** IPv4 and UDP headers, which the link counts and a socket does not. */
export const UDP_HEADER_BYTES = 28;

/** Only a program that runs has one; importing this file's types opens nothing. */
let socket: Socket;

const nowUs = (): number => Number(process.hrtime.bigint() / 1_000n);

async function echo(port: number): Promise<void> {
  socket.on('message', (packet, from) => socket.send(packet, from.port, from.address));
  socket.bind(port);
  await once(socket, 'listening');
  answer(true);
  onEnd(() => socket.close());
}

async function ask([host = '', port = 0, count = 0, everyMs = 0]: readonly (string | number)[]) {
  const sent = new Map<number, number>();
  const trips: number[] = [];
  socket.on('message', (packet) => {
    const at = sent.get(packet.readUInt32BE(0));
    if (at !== undefined) trips.push((nowUs() - at) / 1_000);
  });
  for (let number = 0; number < Number(count); number += 1) {
    const packet = Buffer.alloc(64);
    packet.writeUInt32BE(number);
    sent.set(number, nowUs());
    socket.send(packet, Number(port), String(host));
    await delay(Number(everyMs));
  }
  await delay(500);
  answer(trips);
  socket.close();
}

async function sink(port: number): Promise<void> {
  const numbers: number[] = [];
  let [firstUs, lastUs, bytes] = [0, 0, 0];
  socket.on('message', (packet) => {
    lastUs = nowUs();
    if (numbers.length === 0) firstUs = lastUs;
    numbers.push(packet.readUInt32BE(0));
    bytes += packet.length;
  });
  socket.bind(port);
  await once(socket, 'listening');
  answer(true);
  onEnd(() => {
    answer({ numbers, firstUs, lastUs, bytes } satisfies SinkReport);
    socket.close();
  });
}

async function flood([host = '', port, size, count, perSecond]: readonly (string | number)[]) {
  const begin = performance.now();
  for (let number = 0; number < Number(count); number += 1) {
    const packet = Buffer.alloc(Number(size));
    packet.writeUInt32BE(number);
    // A socket that is closed forgets what it has not sent yet.
    await new Promise((sent) => socket.send(packet, Number(port), String(host), sent));
    const ahead = begin + ((number + 1) / Number(perSecond)) * 1_000 - performance.now();
    // Timers have milliseconds: what is due sooner is sent with this one.
    if (ahead > 1) await delay(ahead);
  }
  answer(true);
  socket.close();
}

async function main([mode = '', ...rest]: readonly string[]): Promise<void> {
  socket = createSocket({ type: 'udp4', recvBufferSize: 4 * 2 ** 20 });
  if (mode === 'echo') await echo(Number(rest[0]));
  else if (mode === 'ask') await ask(rest);
  else if (mode === 'sink') await sink(Number(rest[0]));
  else if (mode === 'flood') await flood(rest);
  else throw new RangeError(`mode: expected echo, ask, sink or flood, got ${mode}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
