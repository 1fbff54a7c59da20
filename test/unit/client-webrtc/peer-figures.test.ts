import { describe, expect, it } from 'vitest';
import { readFigures } from '../../../client/webrtc/peer-figures.ts';

/** What Chromium tells of a connection that plays, as far as it is read. */
const reports = [
  {
    ...{ type: 'inbound-rtp', kind: 'video', id: 'IT01V', codecId: 'CIT01_102' },
    ...{ frameWidth: 1280, frameHeight: 720, framesPerSecond: 60 },
    ...{ framesReceived: 100, framesDecoded: 98, framesDropped: 3 },
    ...{ packetsLost: 2, pliCount: 1, firCount: 0 },
  },
  {
    ...{ type: 'inbound-rtp', kind: 'audio', id: 'IT01A', codecId: 'CIT01_111' },
    ...{ packetsReceived: 500, packetsLost: 4, concealmentEvents: 5 },
    ...{ jitterBufferDelay: 9.6, jitterBufferEmittedCount: 480 },
  },
  { type: 'codec', id: 'CIT01_111', mimeType: 'audio/opus' },
  {
    ...{ type: 'codec', id: 'CIT01_102', mimeType: 'video/H264' },
    sdpFmtpLine: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  { type: 'transport', id: 'T01', selectedCandidatePairId: 'CP2' },
  { type: 'candidate-pair', id: 'CP1', bytesReceived: 1 },
  { type: 'candidate-pair', id: 'CP2', bytesReceived: 70_000, currentRoundTripTime: 0.012 },
];

describe('what a browser counts of its tracks', () => {
  it('is read with its codec, its sound and the path in use', () => {
    expect(readFigures(reports)).toEqual({
      ...{ codec: 'avc1.42E01F', width: 1280, height: 720, framesPerSecond: 60 },
      ...{ received: 100, decoded: 98, dropped: 3, videoMissing: 2, keyRequests: 1 },
      ...{ soundPackets: 500, soundMissing: 4, soundDelayMs: 20, soundGaps: 5 },
      ...{ bytes: 70_000, roundTripMs: 12 },
    });
  });

  it.each([
    ['video/VP8', 'vp8'],
    ['video/VP9', 'vp09'],
    ['video/H264', 'avc1'],
    ['video/unheard-of', undefined],
  ])('names %s', (mimeType, codec) => {
    const [video] = reports;
    expect(readFigures([video, { type: 'codec', id: 'CIT01_102', mimeType }]).codec).toBe(codec);
  });

  it('is nothing before anything came', () => {
    const { codec, decoded, bytes, roundTripMs } = readFigures([]);
    expect({ codec, decoded, bytes, roundTripMs }).toEqual({
      ...{ codec: undefined, decoded: 0, bytes: 0, roundTripMs: undefined },
    });
  });
});
