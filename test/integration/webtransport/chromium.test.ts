import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Browser, BrowserServer, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Certificate } from '../../../certs/certificate.ts';
import { encodeControl } from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { decodeDataUnit } from '../../../protocol/message.ts';
import { decodeDatagram } from '../../../protocol/redundancy.ts';
import { micros, micros32 } from '../../../protocol/time.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';
import { createClock } from '../../../server/session-clock.ts';
import type { ServerTransport, TransportSink } from '../../../server/transport/transport.ts';
import {
  listenWebTransport,
  type WebTransportListener,
} from '../../../server/transport/webtransport-listener.ts';
import { audioHeader, PieceQueue, videoHeader } from '../../support/piece-queue.ts';
import { keptLog, loopbackCertificate, rwebtransport } from '../../support/webtransport-server.ts';

/** What the page keeps of a session; bytes as arrays of numbers, because that is what crosses to the test. */
interface PageSession {
  readonly streams: number[][];
  readonly datagrams: number[][];
  readonly control: number[];
  readonly errors: string[];
}

/** Takes everything and minds nothing. */
const deaf: TransportSink = {
  control: () => undefined,
  message: () => undefined,
  sent: () => undefined,
  acknowledged: () => undefined,
};

/** Runs in the page: connects, opens the control stream, and keeps what arrives in `window.session`. */
async function connectInPage(options: {
  url: string;
  hash: number[];
  hello: number[];
}): Promise<string> {
  const wt = new WebTransport(options.url, {
    serverCertificateHashes: [{ algorithm: 'sha-256', value: new Uint8Array(options.hash) }],
  });
  const session: PageSession = { streams: [], datagrams: [], control: [], errors: [] };
  Object.assign(window, { session, wt });
  const closed = wt.closed.then(
    ({ closeCode }) => `closed ${closeCode ?? 0}`,
    (error: unknown) => `broken ${String(error)}`,
  );
  Object.assign(window, { wtClosed: closed });
  const keep = async (readable: ReadableStream<Uint8Array>, into: number[]): Promise<void> => {
    for await (const chunk of readable) {
      for (const byte of chunk) into.push(byte);
    }
  };
  const note = (error: unknown): void => void session.errors.push(String(error));
  try {
    await wt.ready;
    const control = await wt.createBidirectionalStream();
    keep(control.readable as ReadableStream<Uint8Array>, session.control).catch(note);
    await control.writable.getWriter().write(new Uint8Array(options.hello));
  } catch {
    // Not let in, or let out again before the first unit was written.
    return 'refused';
  }
  (async () => {
    for await (const stream of wt.incomingUnidirectionalStreams as ReadableStream<
      ReadableStream<Uint8Array>
    >) {
      const bytes: number[] = [];
      keep(stream, bytes).then(() => session.streams.push(bytes), note);
    }
  })().catch(note);
  (async () => {
    for await (const bytes of wt.datagrams.readable as ReadableStream<Uint8Array>) {
      session.datagrams.push([...bytes]);
    }
  })().catch(note);
  return 'ready';
}

describe('WebTransport with Chromium', () => {
  const clock = createClock();
  let certificate: Certificate;
  let listener: WebTransportListener;
  let site: Server;
  let origin: string;
  let browserServer: BrowserServer;
  let browser: Browser;
  let arrived: PromiseWithResolvers<ServerTransport>;

  const launch = async (): Promise<void> => {
    browserServer = await chromium.launchServer({
      executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    browser = await chromium.connect(browserServer.wsEndpoint());
  };
  const openPage = async (): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(origin);
    return page;
  };
  const connect = (page: Page, ticket = 'good', hash = certificate.sha256): Promise<string> =>
    page.evaluate(connectInPage, {
      url: `https://127.0.0.1:${listener.port}/dtf/1?ticket=${ticket}`,
      hash: [...hash],
      hello: [...encodeStreamUnit(encodeControl({ type: 'ping', id: 1, t0: micros(7) }))],
    });
  const sessionOf = (page: Page): Promise<PageSession> =>
    page.evaluate(() => (window as unknown as { session: PageSession }).session);

  beforeAll(async () => {
    certificate = await loopbackCertificate();
    site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>test</title>');
    });
    await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    listener = await listenWebTransport({
      backend: rwebtransport(),
      certificate,
      host: '127.0.0.1',
      port: 0,
      allowedOrigins: [origin],
      clock,
      logger: keptLog(),
      authorize: (_path, query, from) =>
        query.get('ticket') === 'good' && from === origin ? true : undefined,
      onTransport: (transport) => arrived.resolve(transport),
    });
    await launch();
  });

  beforeEach(() => {
    arrived = Promise.withResolvers();
  });

  afterAll(async () => {
    await browser.close();
    await browserServer.close();
    await listener.close();
    site.closeAllConnections();
    site.close();
  });

  it('connects by the certificate hash and carries streams, datagrams and control units', async () => {
    const page = await openPage();
    expect(await connect(page)).toBe('ready');
    const transport = await arrived.promise;
    const picture = new Uint8Array(200_000).map((_, i) => i);
    const sound = new Uint8Array(160).fill(5);
    const queue = new PieceQueue();
    queue.push(videoHeader(0), picture);
    queue.push(audioHeader(0), sound);
    queue.push(audioHeader(1), sound);
    const units: string[] = [];
    transport.start(queue, { ...deaf, control: (unit) => units.push(unit.type) });
    await page.waitForFunction(() => {
      const { streams, datagrams } = (window as unknown as { session: PageSession }).session;
      return streams.length === 1 && datagrams.length === 2;
    });
    const session = await sessionOf(page);
    expect(decodeDataUnit(Uint8Array.from(session.streams[0] ?? []))).toMatchObject({
      header: videoHeader(0),
      payload: picture,
    });
    expect(
      session.datagrams.map((bytes) =>
        decodeDatagram(Uint8Array.from(bytes)).map((unit) => unit.header.seq),
      ),
    ).toEqual([[0], [0, 1]]);
    expect(new StreamUnitReader().push(Uint8Array.from(session.control))).toMatchObject([
      { type: 'pong', id: 1, t0: 7 },
    ]);
    expect(session.errors).toEqual([]);

    const input = encodeControl({
      type: 'input',
      sendTime: micros32(1),
      first: 0,
      events: [{ type: 'key', code: 30, keysym: 0x61, pressed: true }],
    });
    await page.evaluate(
      async (bytes) => {
        const { wt } = window as unknown as { wt: WebTransport };
        await wt.datagrams.writable.getWriter().write(new Uint8Array(bytes));
      },
      [...input],
    );
    await expect.poll(() => units).toEqual(['input']);
    expect((await transport.stats()).rttUs).toBeGreaterThan(0);

    transport.close(SessionCode.superseded, 'another tab');
    await transport.closed;
    await page.evaluate(() => (window as unknown as { wtClosed: Promise<string> }).wtClosed);
    const after = await sessionOf(page);
    expect(new StreamUnitReader().push(Uint8Array.from(after.control)).at(-1)).toEqual({
      type: 'error',
      code: SessionCode.superseded,
      ref: 0,
      message: 'another tab',
    });
    await page.close();
  });

  it('refuses another certificate, another origin and a bad ticket', async () => {
    const page = await openPage();
    const other = await loopbackCertificate();
    expect(await connect(page, 'good', other.sha256)).toBe('refused');

    const start = performance.now();
    await connect(page, 'bad');
    await page.evaluate(() => (window as unknown as { wtClosed: Promise<string> }).wtClosed);
    expect(performance.now() - start).toBeLessThan(1_000);

    await page.goto(origin.replace('127.0.0.1', 'localhost'));
    expect(await connect(page)).toBe('refused');
    expect(listener.openSessions).toBe(0);
    await page.close();
  });

  it('sees at once that a page closes the session', async () => {
    const page = await openPage();
    await connect(page);
    const transport = await arrived.promise;
    const start = performance.now();
    await page.evaluate(() => {
      const { wt } = window as unknown as { wt: WebTransport };
      wt.close({ closeCode: 0, reason: 'bye' });
    });
    expect(await transport.closed).toEqual({ code: SessionCode.ok, reason: 'bye', clean: true });
    expect(performance.now() - start).toBeLessThan(2_000);
    await page.close();
  });

  it('notices a killed browser within 6 s, in the middle of sending, and serves the next one', async () => {
    const page = await openPage();
    await connect(page);
    const transport = await arrived.promise;
    const queue = new PieceQueue();
    transport.start(queue, deaf);
    let seq = 0;
    const sending = setInterval(() => {
      queue.push(videoHeader(seq++), new Uint8Array(50_000));
      transport.wake();
    }, 16);
    await page.waitForFunction(
      () => (window as unknown as { session: PageSession }).session.streams.length > 5,
    );

    const start = performance.now();
    const { pid } = browserServer.process();
    if (pid === undefined) throw new Error('expected a browser process');
    // The whole group: a network process that survived would close its connections properly.
    process.kill(-pid, 'SIGKILL');
    const how = await transport.closed;
    clearInterval(sending);
    expect(how).toMatchObject({ code: SessionCode.timeout, clean: false });
    expect(performance.now() - start).toBeLessThan(6_000);
    expect(listener.openSessions).toBe(0);

    await launch();
    arrived = Promise.withResolvers();
    expect(await connect(await openPage())).toBe('ready');
    (await arrived.promise).close(SessionCode.ok, '');
  });
});
