import { describe, expect, it } from 'vitest';
import { TracksPatience } from '../../../client/transport/tracks-patience.ts';

const after = (byTracks: boolean, wasAnnounced: boolean): TracksPatience => {
  const patience = new TracksPatience();
  patience.ended({ byTracks, wasAnnounced });
  return patience;
};

describe('a WebRTC that cannot be had', () => {
  it('is left at once when it never carried the session', () => {
    expect(new TracksPatience().bears('refused', 0)).toBe(false);
    expect(after(false, true).bears('refused', 0)).toBe(false);
  });

  it('may be refused for 10 s when it carried the session', () => {
    const patience = after(true, false);
    expect([0, 5_000, 9_999].map((at) => patience.bears('refused', 7_000 + at))).toEqual([
      true,
      true,
      true,
    ]);
    expect(patience.bears('refused', 17_000)).toBe(false);
  });

  it('is left at once when nothing gets through any more, unless the gateway had said that it ends', () => {
    expect(after(true, false).bears('silent', 0)).toBe(false);
    const patience = after(true, true);
    expect(patience.bears('silent', 0)).toBe(true);
    expect(patience.bears('silent', 10_000)).toBe(false);
  });

  it('gets its time again from a gateway that was away, and after it carried the session again', () => {
    const patience = after(true, true);
    expect(patience.bears('silent', 0)).toBe(true);
    patience.gatewayIsAway();
    expect(patience.bears('refused', 60_000)).toBe(true);
    expect(patience.bears('refused', 70_000)).toBe(false);
    patience.ended({ byTracks: true, wasAnnounced: false });
    expect(patience.bears('refused', 70_001)).toBe(true);
  });
});
