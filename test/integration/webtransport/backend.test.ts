import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { writeCertificateFiles, type CertificateFiles } from '../../../certs/certificate-files.ts';
import type { Certificate } from '../../../certs/certificate.ts';
import type {
  BackendListener,
  BackendSession,
  BackendSessionClosed,
  BackendSessionSink,
  StreamEnd,
} from '../../../server/transport/webtransport-backend.ts';
import { WebTransportClient } from '../../support/webtransport-client.ts';
import { loopbackCertificate, rwebtransport } from '../../support/webtransport-server.ts';

/** What one incoming stream brought. */
interface Incoming {
  readonly bidi: boolean;
  bytes: number;
  end: StreamEnd | undefined;
}

/** Keeps everything of a session. */
class KeepingSink implements BackendSessionSink {
  readonly streams: Incoming[] = [];
  readonly datagrams: Uint8Array[] = [];
  readonly ended = Promise.withResolvers<BackendSessionClosed>();
  readonly #progress: () => void;

  constructor(progress: () => void) {
    this.#progress = progress;
  }

  stream(
    stream: Parameters<BackendSessionSink['stream']>[0],
  ): ReturnType<BackendSessionSink['stream']> {
    const incoming: Incoming = { bidi: stream.reply !== undefined, bytes: 0, end: undefined };
    this.streams.push(incoming);
    return {
      data: (chunk) => {
        incoming.bytes += chunk.length;
        this.#progress();
      },
      end: (how) => {
        incoming.end = how;
        this.#progress();
      },
    };
  }

  datagram(bytes: Uint8Array): void {
    this.datagrams.push(bytes);
    this.#progress();
  }

  closed(how: BackendSessionClosed): void {
    this.ended.resolve(how);
  }
}

describe('rwebtransport backend', () => {
  let certificate: Certificate;
  let files: CertificateFiles;
  let listener: BackendListener;
  let arrived: PromiseWithResolvers<{ session: BackendSession; sink: KeepingSink }>;
  let watchers: Set<() => void>;
  const clients: WebTransportClient[] = [];

  const progress = (): void => {
    for (const look of [...watchers]) look();
  };
  const until = async (holds: () => boolean): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const look = (): void => {
      if (holds()) resolve(undefined);
    };
    watchers.add(look);
    look();
    await promise;
  };
  const listen = (allowedOrigins?: readonly string[]): Promise<BackendListener> =>
    rwebtransport().listen({
      host: '127.0.0.1',
      port: 0,
      certPath: files.certPath,
      keyPath: files.keyPath,
      allowedOrigins,
      protocols: ['dtf-1'],
      onFailure: (reason) => arrived.reject(new Error(reason)),
      onSession: (session) => {
        const sink = new KeepingSink(progress);
        session.start(sink);
        arrived.resolve({ session, sink });
      },
    });
  const connect = async (
    options: { path?: string; origin?: string; sha256?: Uint8Array } = {},
  ): Promise<WebTransportClient> => {
    const { path = '/dtf/1', sha256 = certificate.sha256, ...rest } = options;
    const url = `https://127.0.0.1:${listener.port}${path}`;
    const client = await WebTransportClient.connect({ url, sha256, ...rest });
    clients.push(client);
    return client;
  };

  beforeEach(async () => {
    watchers = new Set();
    arrived = Promise.withResolvers();
    certificate = await loopbackCertificate();
    files = await writeCertificateFiles(certificate);
    listener = await listen();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.vanish();
    await listener.close();
    await files.remove();
  });

  it('gives out a session with what its request said', async () => {
    const client = await connect({
      path: '/dtf/1?ticket=a-b_c&x=1?2',
      origin: 'http://localhost:8080',
    });
    const { session } = await arrived.promise;
    expect(client.protocol).toBe('dtf-1');
    expect(session.protocol).toBe('dtf-1');
    expect(session.path).toBe('/dtf/1');
    expect(session.query.get('ticket')).toBe('a-b_c');
    expect(session.query.get('x')).toBe('1?2');
    expect(session.origin).toBe('http://localhost:8080');
    expect(session.remoteAddress).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it('refuses other origins, and clients that pin another certificate', async () => {
    await listener.close();
    listener = await listen(['http://localhost:8080']);
    expect((await connect({ origin: 'http://evil.example' })).protocol).toBeUndefined();
    expect((await connect()).protocol).toBeUndefined();
    expect((await connect({ origin: 'http://localhost:8080' })).protocol).toBe('dtf-1');
    const other = await loopbackCertificate();
    const pinned = { origin: 'http://localhost:8080', sha256: other.sha256 };
    expect((await connect(pinned)).closed).toBeDefined();
  });

  it('carries streams and datagrams in both directions', async () => {
    const client = await connect();
    const { session, sink } = await arrived.promise;

    const stream = await session.openUni();
    expect(await stream?.write(new Uint8Array(40_000).fill(7))).toBe('taken');
    stream?.finish();
    await client.until(() => client.streams[0]?.end !== undefined);
    expect(client.streams[0]).toMatchObject({ end: { type: 'finished' } });
    expect(client.streams[0]?.bytes).toEqual(new Uint8Array(40_000).fill(7));

    expect(await session.sendDatagram(Uint8Array.of(1, 2, 3))).toBe(true);
    await client.until(() => client.datagrams.length > 0);
    expect(client.datagrams).toEqual([Uint8Array.of(1, 2, 3)]);

    const uni = await client.open(false);
    client.write(uni, new Uint8Array(5_000));
    client.finish(uni);
    const bidi = await client.open(true);
    client.write(bidi, new Uint8Array(10));
    client.reset(bidi, 21);
    client.datagram(Uint8Array.of(9));
    await until(() => sink.streams.filter(({ end }) => end !== undefined).length === 2);
    await until(() => sink.datagrams.length === 1);
    expect(sink.streams).toContainEqual({ bidi: false, bytes: 5_000, end: { type: 'finished' } });
    expect(sink.streams.find(({ bidi: isBidi }) => isBidi)?.end).toEqual({
      type: 'reset',
      code: 21,
    });
    expect(sink.datagrams).toEqual([Uint8Array.of(9)]);
  });

  it('resets a stream with its code, at once, and settles its writes', async () => {
    const client = await connect();
    const { session } = await arrived.promise;
    const stream = await session.openUni();
    // More than the first congestion window takes, so that writes are pending when the reset comes.
    if (stream === undefined) throw new Error('expected a stream');
    const writes = Array.from({ length: 100 }, () => stream.write(new Uint8Array(16_000)));
    stream.reset(17);
    const outcomes = await Promise.all(writes);
    expect(outcomes).toContain('dropped');
    await client.until(() => client.streams[0]?.end !== undefined);
    expect(client.streams[0]?.end).toEqual({ type: 'reset', code: 17 });
    expect(await stream.write(new Uint8Array(1))).toBe('dropped');
  });

  it('gives a stream back when it is reset before anything was written', async () => {
    const client = await connect();
    const { session } = await arrived.promise;
    // The client grants 256 streams at a time, so that most of these wait for credit. A number that was given out and
    // never used would be missing from the credit for good.
    const opened = Array.from({ length: 600 }, () => session.openUni());
    await Promise.all(opened.map(async (stream) => (await stream)?.reset(16)));
    const stream = await session.openUni();
    await stream?.write(Uint8Array.of(1));
    await client.until(() => client.streams.some(({ bytes }) => bytes.length === 1));
  });

  it('tells the statistics of the connection', async () => {
    await connect();
    const { session } = await arrived.promise;
    const { smoothedRttMs, packetsSent, packetsLost } = await session.stats();
    expect(smoothedRttMs).toBeGreaterThan(0);
    expect(smoothedRttMs).toBeLessThan(1_000);
    expect(packetsSent).toBeGreaterThan(0);
    expect(packetsLost).toBe(0);
  });

  it('tells how the client closed', async () => {
    const client = await connect();
    const { session, sink } = await arrived.promise;
    client.close(7, 'somewhere else');
    expect(await sink.ended.promise).toEqual({ code: 7, reason: 'somewhere else', clean: true });
    expect(await session.openUni()).toBeUndefined();
    expect(await session.sendDatagram(Uint8Array.of(1))).toBe(false);
    expect(await session.stats()).toEqual({});
    session.close(1, 'too late');
  });

  it('closes with a code and a reason', async () => {
    const client = await connect();
    const { session, sink } = await arrived.promise;
    session.close(3, 'not authorized');
    expect(await sink.ended.promise).toEqual({ code: 3, reason: 'not authorized', clean: true });
    await client.until(() => client.closed !== undefined);
  });

  it('ends its sessions when the port is closed, and frees it', async () => {
    await connect();
    const { session, sink } = await arrived.promise;
    const pending = session.openUni();
    const { port } = listener;
    await listener.close();
    expect((await sink.ended.promise).clean).toBe(true);
    await pending;
    const options = {
      certPath: files.certPath,
      keyPath: files.keyPath,
      host: '127.0.0.1',
      port,
      allowedOrigins: undefined,
      protocols: [],
      onSession: () => undefined,
      onFailure: () => undefined,
    };
    await (await rwebtransport().listen(options)).close();
  });

  it('says why a port cannot be opened', async () => {
    const options = {
      certPath: files.certPath,
      keyPath: files.keyPath,
      host: '127.0.0.1',
      port: listener.port,
      allowedOrigins: undefined,
      protocols: [],
      onSession: () => undefined,
      onFailure: () => undefined,
    };
    await expect(rwebtransport().listen(options)).rejects.toThrow(/port \d+: bind failed/);
    await expect(
      rwebtransport().listen({ ...options, port: 0, certPath: '/nowhere.pem' }),
    ).rejects.toThrow('failed to load certificate');
  });
});
