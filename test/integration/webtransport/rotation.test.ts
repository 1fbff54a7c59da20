import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { makeCertificate, type Certificate } from '../../../certs/certificate.ts';
import { encodeControl } from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { micros } from '../../../protocol/time.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';
import {
  CertificatePorts,
  type CertificateOffer,
} from '../../../server/transport/certificate-ports.ts';
import { createClock } from '../../../server/session-clock.ts';
import { listenWebTransport } from '../../../server/transport/webtransport-listener.ts';
import { PieceQueue } from '../../support/piece-queue.ts';
import { waitUntil } from '../../support/wait.ts';
import { WebTransportClient } from '../../support/webtransport-client.ts';
import { keptLog, loopbackCertificate, rwebtransport } from '../../support/webtransport-server.ts';

const DAY_MS = 86_400_000;
const ROTATIONS = 100;

describe('renewal of the WebTransport certificate', () => {
  /** The wall clock that the certificates go by; the test moves it. */
  let wallMs: number;
  let endpoint: CertificatePorts;
  let openSessions: number;

  beforeEach(async () => {
    wallMs = Date.UTC(2026, 0, 1);
    openSessions = 0;
    endpoint = await CertificatePorts.open({
      mainPort: await freeUdpPort(),
      renews: true,
      now: () => new Date(wallMs),
      logger: keptLog(),
      make: makeOnMovedClock,
      listen: (port, certificate, { onQuieter, onGone }) =>
        listenWebTransport<true>({
          backend: rwebtransport(),
          certificate,
          host: '127.0.0.1',
          port,
          allowedOrigins: undefined,
          clock: createClock(),
          logger: keptLog(),
          authorize: () => true,
          onTransport: (transport) => {
            openSessions += 1;
            void transport.closed.then(() => (openSessions -= 1));
            transport.start(new PieceQueue(), {
              control: () => undefined,
              message: () => undefined,
              sent: () => undefined,
              acknowledged: () => undefined,
            });
          },
          onSessionEnd: onQuieter,
          onGone,
        }),
    });
  });

  afterEach(() => endpoint.close());

  const offer = async (): Promise<CertificateOffer> => {
    const current = await endpoint.offer();
    if (current === undefined) throw new Error('expected an offer, got none');
    return current;
  };
  /** Connects as a page does, once, and proves by a PING that the session works. */
  const connect = async ({ port, certificateHashes }: CertificateOffer): Promise<Session> => {
    const url = `https://127.0.0.1:${port}/dtf/1?ticket=good`;
    const client = await WebTransportClient.connect({ url, sha256: certificateHashes });
    expect(client.protocol, client.closed?.error).toBe('dtf-1');
    const session = new Session(client, await client.open(true));
    await session.ping();
    return session;
  };
  const leave = async (...sessions: readonly Session[]): Promise<void> => {
    const left = openSessions - sessions.length;
    for (const { client } of sessions) client.close(0, '');
    await waitUntil(() => openSessions === left, 5_000);
    for (const { client } of sessions) client.vanish();
  };

  it(`shows ${ROTATIONS} certificates in turn on one port, and each ticket works before and after`, async () => {
    const { port } = await offer();
    for (let count = 0; count < ROTATIONS; count += 1) {
      const early = await offer();
      wallMs += 5 * DAY_MS;
      const late = await offer();
      expect(late).toMatchObject({ port, hasOwnPort: false });
      expect(late.certificateHashes[0]).toEqual(early.certificateHashes[1]);
      expect(late.certificateHashes[1]).not.toEqual(early.certificateHashes[1]);
      await leave(await connect(early), await connect(late));
    }
    expect(endpoint.openPorts).toEqual([port]);
  }, 120_000);

  it(`lets sessions live on through ${ROTATIONS} renewals beside them, and clients reconnect at the first try`, async () => {
    const main = await offer();
    for (let count = 0; count < ROTATIONS; count += 1) {
      const early = await offer();
      expect(early.port).toBe(main.port);
      const living = await connect(early);
      wallMs += 5 * DAY_MS;
      expect(await offer()).toMatchObject({ port: main.port, hasOwnPort: false });
      wallMs += 5 * DAY_MS;
      // One client is on its way while the port beside opens.
      const [before, late] = await Promise.all([connect(early), offer()]);
      expect(late.hasOwnPort).toBe(true);
      expect(late.port).not.toBe(main.port);
      const after = [await connect(late), await connect(early)];
      await living.ping();
      await leave(living, before, ...after);
      wallMs += 25_000;
      // The main port is free: the newest certificate comes back to it.
      const back = await offer();
      expect(back).toMatchObject({ port: main.port, hasOwnPort: false });
      expect(back.certificateHashes).toEqual(late.certificateHashes);
      wallMs += 25_000;
      await offer();
      expect(endpoint.openPorts).toEqual([main.port]);
    }
  }, 240_000);

  it('closes a port whose certificate has ended, and its sessions come back', async () => {
    const early = await offer();
    const session = await connect(early);
    wallMs += 10 * DAY_MS;
    const beside = await offer();
    expect(endpoint.openPorts).toEqual([early.port, beside.port]);
    wallMs += 3 * DAY_MS;
    const back = await offer();
    await session.client.until(() => session.client.closed !== undefined);
    expect(session.client.closed?.code).toBe(SessionCode.shutdown);
    expect(back.port).toBe(early.port);
    await leave(await connect(back));
    session.client.vanish();
  });

  it('makes a new certificate when the machine slept past the end of both', async () => {
    const early = await offer();
    wallMs += 60 * DAY_MS;
    const late = await offer();
    expect(late.port).toBe(early.port);
    expect(early.certificateHashes).not.toContainEqual(late.certificateHashes[0]);
    await leave(await connect(late));
  });
});

/**
 * A certificate that is valid now, since clients go by the real clock, and of which the plan is told that it is valid from
 * `from` on.
 */
async function makeOnMovedClock(from: Date): Promise<Certificate> {
  const certificate = await loopbackCertificate();
  const { notBefore, notAfter } = await makeCertificate({ hosts: ['localhost'], now: from });
  return { ...certificate, notBefore, notAfter };
}

/** A UDP port that was free a moment ago. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
}

/** A client with its control stream open. */
class Session {
  readonly client: WebTransportClient;
  readonly #control: number;
  #pings = 0;

  constructor(client: WebTransportClient, control: number) {
    this.client = client;
    this.#control = control;
  }

  /** Resolves when the server has answered. */
  async ping(): Promise<void> {
    const id = ++this.#pings;
    const ping = encodeControl({ type: 'ping', id, t0: micros(5) });
    this.client.write(this.#control, encodeStreamUnit(ping));
    await this.client.until(
      () => new StreamUnitReader().push(this.client.received(this.#control)).length >= id,
    );
  }
}
