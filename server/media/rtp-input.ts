import { parseRtpAddress } from '../config/rtp-address.ts';
import type { Config } from '../config/schema.ts';
import type { SoundSource } from './media-source.ts';
import type { Logger } from '../observe/logger.ts';
import { openRtpSource, type RtpSourceOptions } from './rtp-source.ts';
import { SwitchingVideo } from './switching-video.ts';

/** The encoder is another program, and its codec the only one. */
export async function receiveVideo(
  { rtp }: Pick<Config, 'rtp'>,
  logger: Logger,
): Promise<SwitchingVideo> {
  const { videoCodec: name, videoPayloadType: payloadType } = rtp;
  const place = rtpPlace(rtp, 'video');
  const source = await openRtpSource({ name: 'video', codec: name, payloadType, ...place, logger });
  return new SwitchingVideo({
    codecs: [name],
    start: () => ({ name, encoder: 'rtp', source }),
    logger,
  });
}

/** Where RTP comes in, and from whom. */
function rtpPlace(
  rtp: Config['rtp'],
  kind: 'video' | 'audio',
): Pick<RtpSourceOptions, 'address' | 'sender'> {
  const address = parseRtpAddress(rtp[kind] ?? '');
  if (address === undefined) throw new TypeError(`rtp.${kind}: expected an address, got none`);
  const ssrc = kind === 'video' ? rtp.videoSsrc : rtp.audioSsrc;
  const { sender: host } = rtp;
  return host === undefined || ssrc === undefined
    ? { address }
    : { address, sender: { host, ssrc } };
}

/** Sound of another program; undefined where the settings name none. */
export async function receiveSound(
  { rtp }: Pick<Config, 'rtp'>,
  logger: Logger,
): Promise<SoundSource | undefined> {
  if (rtp.audio === undefined) return undefined;
  const { audioPayloadType: payloadType } = rtp;
  const place = rtpPlace(rtp, 'audio');
  return openRtpSource({ name: 'audio', codec: 'opus', payloadType, ...place, logger });
}
