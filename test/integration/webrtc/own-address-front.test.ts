import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';

import { describe, expect, it, onTestFinished } from 'vitest';

import { OwnAddressFront } from '../../../server/webrtc/own-address-front.ts';
import { encodeBindingRequest } from '../../support/binding-request.ts';
import { LibraryPort } from '../../support/library-port.ts';

/** A loaded machine. */
const SEEN = { timeout: 10_000, interval: 20 };

const PEER = { ufrag: 'mBDt', pwd: 'qaNdzULQE/gQ8iiTcgPOTY' };

/** Stands for the machine's address in its network; the loopback network has many. */
const OWN = '127.0.0.2';

/** None of this machine's interfaces has this one: it stands for somebody else's. */
const FOREIGN = '127.0.0.3';

const check = (pwd = PEER.pwd, ufrag = PEER.ufrag): Buffer =>
  encodeBindingRequest(`${ufrag}:abcd`, pwd);

/** A browser's port. */
async function portAt(address = '127.0.0.1'): Promise<UdpSocket> {
  const socket = createSocket('udp4').bind(0, address);
  onTestFinished(() => void socket.close());
  await once(socket, 'listening');
  return socket;
}

async function open() {
  const library = await LibraryPort.open();
  const { port } = library;
  const front = new OwnAddressFront({
    library: { address: '127.0.0.1', port },
    ownAddress: () => OWN,
  });
  onTestFinished(() => front.forget(PEER.ufrag));
  return { library, front, port };
}

/** Until the library has heard it: a check is repeated, as those of a browser are, since the front may not listen yet. */
async function knock(socket: UdpSocket, library: LibraryPort, port: number): Promise<void> {
  const before = library.heard.length;
  const isHeard = () => {
    socket.send(check(), port, OWN);
    return library.heard.length > before;
  };
  await expect.poll(isHeard, SEEN).toBe(true);
}

describe('the library’s port under the machine’s own address', () => {
  it('carries packets in both directions', async () => {
    const { library, front, port } = await open();
    front.expect(PEER);
    const browser = await portAt();
    await knock(browser, library, port);
    browser.send('next', port, OWN);
    const next = () => library.heard.find(({ packet }) => packet.toString() === 'next');
    await expect.poll(next, SEEN).toBeDefined();
    // It tells the browser so, and Firefox takes no loopback address for an answer.
    expect(next()?.from.address).toBe(OWN);
    const answered = once(browser, 'message');
    await library.answer(Buffer.from('answer'), next()?.from);
    const [packet, from] = (await answered) as [Buffer, { address: string; port: number }];
    expect(packet.toString()).toBe('answer');
    expect(from).toMatchObject({ address: OWN, port });
  });

  it('hears nobody else, and nothing but checks of a peer that was let in', async () => {
    const { library, front, port } = await open();
    front.expect(PEER);
    const [stranger, browser] = [await portAt(FOREIGN), await portAt()];
    stranger.send(check(), port, OWN);
    browser.send('hello', port, OWN);
    browser.send(check('aaaaaaaaaaaaaaaaaaaaaaaa'), port, OWN);
    browser.send(check(PEER.pwd, 'mBDu'), port, OWN);
    await knock(browser, library, port);
    const texts = library.heard.map(({ packet }) => packet.toString('latin1'));
    expect(texts.every((text) => text.includes('mBDt:abcd'))).toBe(true);
    expect(new Set(library.heard.map(({ from }) => from.port)).size).toBe(1);
  });

  it('has a bound of ways for each peer', async () => {
    const { library, front, port } = await open();
    front.expect(PEER);
    const browsers = await Promise.all(Array.from({ length: 20 }, () => portAt()));
    for (const browser of browsers.slice(0, 16)) await knock(browser, library, port);
    for (const browser of browsers.slice(16)) browser.send(check(), port, OWN);
    const [first] = browsers;
    first?.send('last', port, OWN);
    const last = () => library.heard.some(({ packet }) => packet.toString() === 'last');
    await expect.poll(last, SEEN).toBe(true);
    expect(new Set(library.heard.map(({ from }) => from.port)).size).toBe(16);
  });

  it('is open while a peer is there, and leaves no descriptor behind', async () => {
    const { library, front, port } = await open();
    const browser = await portAt();
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    for (let count = 1; count <= 3; count += 1) {
      front.expect(PEER);
      await knock(browser, library, port);
      front.forget(PEER.ufrag);
      await expect.poll(descriptors, SEEN).toBeLessThanOrEqual(before);
    }
  });

  it('does without where the port is somebody else’s there', async () => {
    const { library, front, port } = await open();
    const other = createSocket('udp4').bind(port, OWN);
    onTestFinished(() => void other.close());
    await once(other, 'listening');
    front.expect(PEER);
    const heard = once(other, 'message');
    (await portAt()).send(check(), port, OWN);
    await heard;
    expect(library.heard).toEqual([]);
    front.forget(PEER.ufrag);
  });
});
