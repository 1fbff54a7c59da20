import { describe, expect, it } from 'vitest';
import type { ShownFrame } from '../../../client/video/picture-path.ts';
import { TrackPath } from '../../../client/webrtc/track-path.ts';

const open = () => {
  const frames: ShownFrame[] = [];
  const sizes: (readonly [number, number])[] = [];
  const path = new TrackPath({
    onSize: (width, height) => sizes.push([width, height]),
    onShown: (frame) => frames.push(frame),
    onLost: () => undefined,
    onUnused: () => undefined,
  });
  const present = (timestamp: number, shownAt: number, decodeTime = 2_000): void =>
    path.onElement({
      ...{ type: 'presented', mediaTime: 0, width: 640, height: 360, shownAt, decodeTime },
      ...{ trackTimestamp: timestamp, receivedAt: shownAt - 8_000 },
    });
  const send = (timestamp: number): void =>
    path.sent({
      ...{ timestamp, sequence: timestamp / 3_000, captureTime: 1_000, changedTime: 500 },
      ...{ queuedTime: 3_000, sendTime: 4_000 },
    });
  return { path, frames, sizes, present, send };
};

describe('a picture on a track', () => {
  it.each(['before', 'after'])('is joined with what the server says %s it is shown', (when) => {
    const { frames, present, send } = open();
    if (when === 'before') send(3_000);
    present(3_000, 20_000);
    if (when === 'after') send(3_000);
    expect(frames).toMatchObject([
      {
        input: { sequence: 1, captureTime: 1_000, changedTime: 500, queuedTime: 3_000 },
        decodedAt: 14_000,
        shownAt: 20_000,
      },
    ]);
    // The browser tells of the last packet alone.
    expect(frames[0]?.input).toMatchObject({
      sendTime: 4_000,
      begunAt: 12_000,
      receivedAt: 12_000,
    });
  });

  it('is decoded before it is shown, whatever a browser says that decoding took', () => {
    const { frames, present, send } = open();
    send(3_000);
    present(3_000, 20_000, 50_000);
    expect(frames[0]?.decodedAt).toBe(20_000);
  });

  it('is counted, and has its size, also where nobody says when it was sent', () => {
    const { path, frames, sizes, present } = open();
    path.onElement({
      ...{ type: 'presented', mediaTime: 0, width: 640, height: 360 },
      ...{ shownAt: 1, decodeTime: undefined },
    });
    present(3_000, 20_000);
    expect(path).toMatchObject({ shown: 2, width: 640, height: 360 });
    expect(sizes).toEqual([[640, 360]]);
    expect(frames).toEqual([]);
  });

  it('is forgotten when its other half does not come, and when another stream begins', () => {
    const { path, frames, present, send } = open();
    for (let picture = 1; picture <= 61; picture += 1) send(picture * 3_000);
    present(3_000, 20_000);
    expect(frames).toEqual([]);
    present(2 * 3_000, 20_000);
    expect(frames).toHaveLength(1);
    path.reset();
    present(3 * 3_000, 20_000);
    expect(frames).toHaveLength(1);
  });
});
