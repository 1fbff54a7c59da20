import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { describe, expect, it, onTestFinished } from 'vitest';

import { IceTcpFront } from '../../../server/webrtc/ice-tcp-front.ts';
import { encodeBindingRequest, framed } from '../../support/binding-request.ts';
import { LibraryPort } from '../../support/library-port.ts';

/** A loaded machine. */
const SEEN = { timeout: 10_000, interval: 20 };

const PEER = { ufrag: 'mBDt', pwd: 'qaNdzULQE/gQ8iiTcgPOTY' };

const open = async () => {
  const library = await LibraryPort.open();
  const front = new IceTcpFront({ address: '127.0.0.1', port: library.port });
  const known: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    front.take(socket, () => known.push(socket)),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dial = async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  onTestFinished(() => void server.close());
  return { library, front, known, dial };
};

const check = (pwd = PEER.pwd, ufrag = PEER.ufrag): Buffer =>
  framed(encodeBindingRequest(`${ufrag}:abcd`, pwd));

const isClosed = (socket: Socket) => () => socket.closed;

describe('ICE over TCP', () => {
  it('carries packets in both directions, for each connection by a port of its own', async () => {
    const { library, front, known, dial } = await open();
    front.expect(PEER);
    const [one, other] = [await dial(), await dial()];
    // In two pieces, and with the packet that follows.
    one.write(check().subarray(0, 30));
    one.write(Buffer.concat([check().subarray(30), framed(Buffer.from('next'))]));
    other.write(check());
    await expect.poll(() => library.heard.length, SEEN).toBe(3);
    const texts = library.heard.map(({ packet }) => packet.toString('latin1'));
    expect(texts).toContain('next');
    expect(texts.filter((text) => text.includes('mBDt:abcd'))).toHaveLength(2);
    expect(new Set(library.heard.map(({ from }) => from.port)).size).toBe(2);
    expect(known).toHaveLength(2);

    const from = library.heard.find(({ packet }) => packet.toString() === 'next')?.from;
    await library.answer(Buffer.from('answer'), from);
    const [bytes] = (await once(one, 'data')) as [Buffer];
    expect(bytes).toEqual(framed(Buffer.from('answer')));
  });

  it.each([
    ['signed with another password', check('aaaaaaaaaaaaaaaaaaaaaaaa')],
    ['of a peer that nobody let in', check(PEER.pwd, 'mBDu')],
    ['that is none', framed(Buffer.from('hello'))],
    ['that is empty', framed(Buffer.alloc(0))],
  ])('closes a connection for a first packet %s', async (_, bytes) => {
    const { library, front, known, dial } = await open();
    front.expect(PEER);
    const socket = await dial();
    socket.write(bytes);
    await expect.poll(isClosed(socket.resume()), SEEN).toBe(true);
    expect(known).toEqual([]);
    expect(library.heard).toEqual([]);
  });

  it('ends with its peer, and when either end does', async () => {
    const { library, front, dial } = await open();
    front.expect(PEER);
    const sockets = [await dial(), await dial(), await dial()] as const;
    for (const socket of sockets) socket.resume().write(check());
    await expect.poll(() => library.heard.length, SEEN).toBe(3);
    const [ends, floods, stays] = sockets;
    ends.end();
    floods.write(framed(Buffer.alloc(4_000)));
    await expect.poll(() => ends.closed && floods.closed, SEEN).toBe(true);
    expect(stays.closed).toBe(false);
    front.forget(PEER.ufrag);
    await expect.poll(isClosed(stays), SEEN).toBe(true);
    const late = await dial();
    late.resume().write(check());
    await expect.poll(isClosed(late), SEEN).toBe(true);
  });

  it('has a bound of connections for each peer', async () => {
    const { library, front, dial } = await open();
    front.expect(PEER);
    const sockets = await Promise.all(Array.from({ length: 20 }, dial));
    for (const socket of sockets) socket.resume().write(check());
    await expect.poll(() => sockets.filter(({ closed }) => closed).length, SEEN).toBe(4);
    await expect.poll(() => library.heard.length, SEEN).toBe(16);
  });

  it('leaves no descriptor behind when a hundred came and went', async () => {
    const { library, front, dial } = await open();
    front.expect(PEER);
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    for (let count = 1; count <= 100; count += 1) {
      const socket = await dial();
      socket.resume().write(check());
      await expect.poll(() => library.heard.length, SEEN).toBe(count);
      socket.end();
      await expect.poll(isClosed(socket), SEEN).toBe(true);
    }
    await expect.poll(descriptors, SEEN).toBeLessThanOrEqual(before);
  });

  it('holds little for who does not read, and goes on with what is new when they do', async () => {
    const { library, front, known, dial } = await open();
    front.expect(PEER);
    const socket = await dial();
    socket.write(check());
    await expect.poll(() => library.heard.length, SEEN).toBe(1);
    socket.pause();
    // Until the kernel takes nothing more and packets give way.
    let sent = 0;
    const send = async (): Promise<void> => {
      const packet = Buffer.alloc(1_200);
      packet.writeUInt32BE(sent, 0);
      sent += 1;
      await library.answer(packet);
    };
    while (known[0]?.writableNeedDrain !== true) await send();
    for (let more = 0; more < 2_000; more += 1) await send();
    expect(known[0].writableLength).toBeLessThan(100_000);

    let bytes = 0;
    let last = Buffer.alloc(1_200);
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      last = Buffer.concat([last.subarray(-1_200), chunk]);
    });
    socket.resume();
    const newest = (): unknown => bytes % 1_202 === 0 && last.readUInt32BE(last.byteLength - 1_200);
    await expect.poll(newest, SEEN).toBe(sent - 1);
    expect(bytes).toBeLessThan(sent * 1_202);
  });
});
