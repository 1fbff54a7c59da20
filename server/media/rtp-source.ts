import { rtpProfile } from '../../gst/rtp-profile.ts';
import type { VideoFormat } from '../../gst/video-codec.ts';
import { MediaStream } from '../ingest/media-stream.ts';
import { encodePli, encodeRemb } from '../ingest/rtcp.ts';
import { SenderClock } from '../ingest/sender-clock.ts';
import type { SoundSource } from './media-source.ts';
import type { Logger } from '../observe/logger.ts';
import { openRtpSocket, ssrcOf, type RtpSocketOptions } from './rtp-socket.ts';

/** What comes in, and by which payload type it is known. */
export interface RtpSourceOptions extends Pick<RtpSocketOptions, 'address' | 'sender'> {
  /** For logs: `video` or `audio`. */
  readonly name: string;
  readonly codec: VideoFormat | 'opus';
  /** Payload type of the stream; packets of others are counted and dropped. */
  readonly payloadType: number;
  readonly logger: Logger;
}

/** A source whose encoder is another program. */
export interface RtpSource extends SoundSource {
  /** The port on which it listens, 0 for a socket file. */
  readonly port: number;
}

/** How often a lost keyframe request or bit rate is made good, milliseconds. */
const REPEAT_MS = 1_000;

/** A sender that was silent for so long has stopped, milliseconds; the pictures of a still screen may be a second apart. */
const SILENT_MS = 2_500;

/**
 * Takes RTP from another program as a source of pictures or of sound. It can be asked for a keyframe and a bit rate, by RTCP
 * (PLI and REMB); a sender that does not listen is not steered. What else an encoder of ours can be set to is left to the sender.
 *
 * @throws Error when the address cannot be bound
 */
export async function openRtpSource(options: RtpSourceOptions): Promise<RtpSource> {
  const { name, codec, address, sender } = options;
  const logger = options.logger.child({ source: name });
  const clockRate = codec === 'opus' ? rtpProfile.audioClockRate : rtpProfile.videoClockRate;
  const clock = new SenderClock(clockRate, () => BigInt(Date.now()) * 1_000_000n);
  let ssrc: number | undefined;
  let heardAt = -Infinity;
  let senders = 0;
  let bitrateBps: number | undefined;
  let isKeyframeAwaited = false;
  const askForKeyframe = (): void => {
    isKeyframeAwaited = codec !== 'opus';
    if (ssrc !== undefined && isKeyframeAwaited) socket.reply(encodePli(ssrc));
  };
  const askForBitrate = (): void => {
    if (ssrc !== undefined && bitrateBps !== undefined) socket.reply(encodeRemb(ssrc, bitrateBps));
  };
  const stream = new MediaStream({
    codec,
    payloadType: options.payloadType,
    captureTimeOf: (packet, nowNs) => clock.captureTimeOf(packet, nowNs),
    onKeyframeNeeded: askForKeyframe,
    onFramingLost: () => {
      logger.warn('an rtp sender sends something else, its connection is closed');
      socket.drop();
    },
  });
  stream.subscribe({
    accessUnit: ({ key }) => {
      if (key) isKeyframeAwaited = false;
    },
  });
  const socket = await openRtpSocket({
    address,
    ...(sender !== undefined && { sender }),
    logger,
    onSender: () => {
      senders += 1;
      ssrc = undefined;
      clock.reset();
      stream.reset();
    },
    onPacket: (packet) => {
      heardAt = performance.now();
      const isNew = ssrc === undefined;
      ssrc = ssrcOf(packet) ?? ssrc;
      if (isNew) {
        askForKeyframe();
        askForBitrate();
      }
      stream.pushPacket(packet, process.hrtime.bigint());
    },
  });
  logger.info('rtp is awaited', { codec, transport: address.type, port: socket.port });
  const repeat = setInterval(() => {
    if (isKeyframeAwaited) askForKeyframe();
    askForBitrate();
  }, REPEAT_MS);
  return {
    port: socket.port,
    get parameters() {
      return stream.parameters;
    },
    get isRunning() {
      return performance.now() - heardAt < SILENT_MS;
    },
    get faults() {
      return stream.faults;
    },
    get restarts() {
      return Math.max(0, senders - 1);
    },
    subscribe: (sink) => stream.subscribe(sink),
    requestKeyframe: askForKeyframe,
    setBitrate: (kbps) => {
      bitrateBps = kbps * 1_000;
      askForBitrate();
    },
    abandon: () => undefined,
    retry: () => undefined,
    setPaused: () => undefined,
    setFrameRate: () => undefined,
    setScale: () => undefined,
    setFrameMs: () => undefined,
    close: async () => {
      clearInterval(repeat);
      await socket.close();
    },
  };
}
