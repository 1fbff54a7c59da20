import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccessUnit } from '../../../server/ingest/access-unit.ts';
import { encodePli, encodeRemb } from '../../../server/ingest/rtcp.ts';
import {
  openRtpSource,
  type RtpSource,
  type RtpSourceOptions,
} from '../../../server/media/rtp-source.ts';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { framed, nal, rtpPacket, stapA } from '../../support/ingest/rtp.ts';
import { rtpExample, runSender } from '../../support/rtp-document.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { waitUntil } from '../../support/wait.ts';

/** SSRC that test packets carry. */
const SSRC = 0xa85d7066;
const PLI = Buffer.from(framed([encodePli(SSRC)]));

let directory: string;
let source: RtpSource | undefined;
let units: AccessUnit[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'oriel-rtp-'));
  units = [];
});
afterEach(async () => {
  await source?.close();
  source = undefined;
  rmSync(directory, { recursive: true });
});

async function open(options: Pick<RtpSourceOptions, 'address' | 'sender'>): Promise<RtpSource> {
  const payloadType = 96;
  source = await openRtpSource({
    name: 'video',
    codec: 'h264',
    payloadType,
    logger: silentLogger,
    ...options,
  });
  source.subscribe({ accessUnit: (unit) => units.push(unit) });
  return source;
}

/** One keyframe in one packet. */
const keyframe = (sequence: number): Uint8Array =>
  rtpPacket({
    sequence,
    timestamp: sequence * 3_000,
    marker: true,
    payload: stapA([nal.sps, nal.pps, nal.idr]),
  });

async function sender(path: string): Promise<{ readonly socket: Socket; received(): Buffer }> {
  const socket = connect(path);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, received: () => Buffer.concat(chunks) };
}

test('a socket file: pictures come in, keyframe requests and bit rates go out, a sender may come again', async () => {
  const path = join(directory, 'video.sock');
  const rtp = await open({ address: { type: 'unix', path } });
  expect(statSync(path).mode & 0o777).toBe(0o660);
  const first = await sender(path);
  first.socket.write(framed([keyframe(0)]));
  await waitUntil(() => units.length === 1, 5_000);
  expect(units[0]).toMatchObject({ key: true, codec: 'h264' });
  expect(rtp.parameters).toMatchObject({ width: 1280, height: 720 });
  await waitUntil(() => first.received().includes(PLI), 5_000);
  rtp.setBitrate(2_000);
  const remb = Buffer.from(framed([encodeRemb(SSRC, 2_000_000)]));
  await waitUntil(() => first.received().includes(remb), 5_000);
  // RTCP of the sender shares the connection and is no fault.
  first.socket.write(framed([encodePli(1), keyframe(1)]));
  await waitUntil(() => units.length === 2, 5_000);
  expect(rtp.faults.foreignPackets).toBe(0);

  const second = await sender(path);
  await once(first.socket, 'close');
  second.socket.write(framed([keyframe(40_000)]));
  await waitUntil(() => units.length === 3, 5_000);
  expect(rtp.restarts).toBe(1);
  expect(units[2]?.discontinuity).toBe(true);
  second.socket.destroy();
});

test('a sender of nonsense loses its connection, and the next one is heard', async () => {
  const path = join(directory, 'video.sock');
  const rtp = await open({ address: { type: 'unix', path } });
  const hostile = await sender(path);
  hostile.socket.write(framed(Array.from({ length: 40 }, (_, i) => new Uint8Array(i + 1).fill(7))));
  await once(hostile.socket, 'close');
  expect(rtp.faults.malformedPackets).toBeGreaterThan(0);
  const honest = await sender(path);
  honest.socket.write(framed([keyframe(0)]));
  await waitUntil(() => units.length === 1, 5_000);
  honest.socket.destroy();
});

test('over UDP one SSRC of one address is heard, and answered at its port', async () => {
  const host = '127.0.0.1';
  const rtp = await open({ address: { type: 'udp', host, port: 0 }, sender: { host, ssrc: SSRC } });
  const stranger = createSocket('udp4');
  const known = createSocket('udp4');
  const answers: Buffer[] = [];
  known.on('message', (message) => answers.push(message));
  const other = keyframe(0);
  new DataView(other.buffer).setUint32(8, 1);
  stranger.send(other, rtp.port, host);
  known.send(other, rtp.port, host);
  known.send(keyframe(1), rtp.port, host);
  await waitUntil(() => units.length > 0, 5_000);
  await waitUntil(() => answers.some((answer) => answer.equals(encodePli(SSRC))), 5_000);
  expect(units).toHaveLength(1);
  stranger.close();
  known.close();
});

test.each(['gst-launch-1.0', 'ffmpeg'] as const)(
  'the %s line of the document brings pictures to a viewer, also when it is run again',
  async (program) => {
    const { flags, sender: line } = rtpExample(program);
    const gateway = await Gateway.start([...flags, '--no-web-transport']);
    let messages = 0;
    const viewer = await HeadlessViewer.open(await gateway.link(), () => (messages += 1));
    try {
      for (let run = 0; run < 2; run += 1) {
        const child = runSender(line);
        const before = messages;
        await waitUntil(() => messages > before + 60, 30_000);
        child.kill('SIGKILL');
        await once(child, 'exit');
      }
    } finally {
      viewer.close();
      await gateway.stop();
    }
  },
  90_000,
);
