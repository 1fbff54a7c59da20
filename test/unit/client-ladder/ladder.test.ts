import { describe, expect, it } from 'vitest';
import type { LadderFacts } from '../../../client/ladder/facts.ts';
import { FIRST_MEDIA_TIMEOUT, Ladder, type RungState } from '../../../client/ladder/ladder.ts';
import type { RungName } from '../../../client/ladder/rungs.ts';

const H264 = 'avc1.42C02A';

const everything: LadderFacts = {
  isSecure: true,
  videoDecoder: { type: 'there', codecs: [H264] },
  workletSound: { type: 'there' },
  mediaSource: { type: 'there', video: [H264], opus: true },
  peerConnection: { type: 'there', codecs: [H264] },
  offersWebRtc: false,
};

/** What a page over plain http finds. */
const plainHttp: LadderFacts = {
  ...everything,
  isSecure: false,
  videoDecoder: { type: 'missing' },
  workletSound: { type: 'missing' },
};

function ladderWith(facts: Partial<LadderFacts>): Ladder {
  const ladder = new Ladder('auto');
  ladder.push({ type: 'learned', facts }, 0);
  return ladder;
}

const stateOf = (ladder: Ladder, rung: RungName): RungState | undefined =>
  ladder.report().find((one) => one.rung === rung)?.state;

function obstacleOf(ladder: Ladder, rung: RungName): string {
  const state = stateOf(ladder, rung);
  if (state?.type !== 'unusable') throw new Error(`${rung}: expected unusable`);
  return `${state.obstacle.reason} ${state.obstacle.fix ?? ''}`;
}

describe('the choice of a rung', () => {
  it('waits for what is not known, and only for that', () => {
    const ladder = new Ladder('auto');
    expect(ladder.push({ type: 'learned', facts: { isSecure: true } }, 0)).toEqual([]);
    const { videoDecoder } = everything;
    expect(ladder.push({ type: 'learned', facts: { videoDecoder } }, 1)).toEqual([
      { type: 'use', rung: 'webCodecs' },
    ]);
  });

  it('takes Media Source for both where WebCodecs and worklets are withheld, and says how to get them', () => {
    const ladder = ladderWith(plainHttp);
    expect(ladder.current).toBe('mediaSourceSound');
    expect(obstacleOf(ladder, 'webCodecs')).toMatch(/not served over https.*by https.*tunnel/);
    expect(obstacleOf(ladder, 'mediaSource')).toMatch(/AudioWorklet.*https/);
  });

  it('keeps the sound in the worklet where only the VideoDecoder is missing', () => {
    const ladder = ladderWith({ ...everything, videoDecoder: { type: 'missing' } });
    expect(ladder.current).toBe('mediaSource');
    expect(obstacleOf(ladder, 'webCodecs')).toMatch(/missing in this browser.*newer/);
  });

  it('offers WebRTC only when the gateway does', () => {
    const ladder = ladderWith({ ...everything, mediaSource: { type: 'missing' } });
    expect(obstacleOf(ladder, 'webRtc')).toContain('not offered');
    ladder.push({ type: 'learned', facts: { offersWebRtc: true } }, 1);
    expect(stateOf(ladder, 'webRtc')).toEqual({ type: 'usable' });
  });

  it('takes WebRTC where nothing else plays, once it is known that the gateway has it', () => {
    const ladder = ladderWith({
      ...plainHttp,
      mediaSource: { type: 'missing' },
      offersWebRtc: undefined,
    });
    expect(ladder.current).toBeUndefined();
    expect(ladder.push({ type: 'learned', facts: { offersWebRtc: true } }, 1)).toEqual([
      { type: 'use', rung: 'webRtc' },
    ]);
  });

  it('takes no WebRTC that could receive none of our codecs', () => {
    const ladder = ladderWith({
      ...everything,
      offersWebRtc: true,
      peerConnection: { type: 'there', codecs: [] },
    });
    expect(obstacleOf(ladder, 'webRtc')).toContain('takes no codec');
  });

  it('says so when nothing is left', () => {
    const ladder = new Ladder('auto');
    const facts: LadderFacts = { ...plainHttp, mediaSource: { type: 'missing' } };
    expect(ladder.push({ type: 'learned', facts }, 0)).toEqual([{ type: 'none' }]);
  });
});

describe('a rung that does not serve', () => {
  it('is left when it fails, and not tried again by itself', () => {
    const ladder = ladderWith(everything);
    const outputs = ladder.push({ type: 'failed', rung: 'webCodecs', why: 'It broke.' }, 5);
    expect(outputs).toEqual([{ type: 'use', rung: 'mediaSource' }]);
    expect(obstacleOf(ladder, 'webCodecs')).toContain('It broke.');
    expect(ladder.push({ type: 'learned', facts: everything }, 6)).toEqual([]);
  });

  it('is left 1.5 s after its first keyframe without a picture', () => {
    const ladder = ladderWith(everything);
    ladder.push({ type: 'fed' }, 100);
    ladder.push({ type: 'fed' }, 900);
    expect(ladder.wakeAt).toBe(100 + FIRST_MEDIA_TIMEOUT);
    expect(ladder.push({ type: 'tick' }, 99 + FIRST_MEDIA_TIMEOUT)).toEqual([]);
    expect(ladder.push({ type: 'tick' }, 100 + FIRST_MEDIA_TIMEOUT)).toEqual([
      { type: 'use', rung: 'mediaSource' },
    ]);
  });

  it('is kept when its picture only stalls later', () => {
    const ladder = ladderWith(everything);
    ladder.push({ type: 'fed' }, 0);
    ladder.push({ type: 'firstMedia' }, 10);
    ladder.push({ type: 'fed' }, 20);
    expect(ladder.wakeAt).toBeUndefined();
  });

  it('takes those along that play the picture the same way', () => {
    const byMediaSource: Partial<LadderFacts> = {
      ...everything,
      videoDecoder: { type: 'missing' },
      offersWebRtc: true,
    };
    const broken = ladderWith(byMediaSource);
    expect(broken.push({ type: 'failed', rung: 'mediaSource', why: 'It broke.' }, 5)).toEqual([
      { type: 'use', rung: 'webRtc' },
    ]);
    expect(obstacleOf(broken, 'mediaSourceSound')).toContain('It broke.');
    const silent = ladderWith(byMediaSource);
    silent.push({ type: 'fed' }, 0);
    silent.push({ type: 'tick' }, FIRST_MEDIA_TIMEOUT);
    expect(silent.current).toBe('webRtc');
    expect(obstacleOf(silent, 'mediaSourceSound')).toContain('within 1.5 s');
  });

  it('never falls back to one that cannot be had', () => {
    const ladder = ladderWith({ ...plainHttp, offersWebRtc: true });
    ladder.push({ type: 'fed' }, 0);
    ladder.push({ type: 'tick' }, FIRST_MEDIA_TIMEOUT);
    expect(ladder.current).toBe('webRtc');
    ladder.push({ type: 'failed', rung: 'webRtc', why: 'Nothing got through.' }, 9_000_000);
    expect(ladder.current).toBe('mediaSourceSound');
  });

  it('gets all the time it needs when the others were slow as well', () => {
    const ladder = ladderWith({ ...plainHttp });
    ladder.push({ type: 'fed' }, 0);
    ladder.push({ type: 'tick' }, FIRST_MEDIA_TIMEOUT);
    expect(ladder.current).toBe('mediaSourceSound');
    ladder.push({ type: 'fed' }, FIRST_MEDIA_TIMEOUT + 1);
    expect(ladder.wakeAt).toBeUndefined();
  });
});

describe('a pinned rung', () => {
  it('is used instead of a better one, and the better one again afterwards', () => {
    const ladder = ladderWith(everything);
    expect(ladder.push({ type: 'chosen', choice: 'mediaSource' }, 1)).toEqual([
      { type: 'use', rung: 'mediaSource' },
    ]);
    expect(stateOf(ladder, 'webCodecs')).toEqual({ type: 'usable' });
    expect(ladder.push({ type: 'chosen', choice: 'auto' }, 2)).toEqual([
      { type: 'use', rung: 'webCodecs' },
    ]);
  });

  it('gives way when it fails, and is tried again when it is chosen again', () => {
    const ladder = ladderWith(everything);
    ladder.push({ type: 'chosen', choice: 'mediaSource' }, 1);
    ladder.push({ type: 'failed', rung: 'mediaSource', why: 'It broke.' }, 2);
    expect(ladder.current).toBe('webCodecs');
    ladder.push({ type: 'chosen', choice: 'mediaSource' }, 3);
    expect(ladder.current).toBe('mediaSource');
  });
});

describe('the gateway’s advice', () => {
  const withWebRtc = { ...everything, offersWebRtc: true };

  it('goes before what is best as a rule, until it is taken back', () => {
    const ladder = ladderWith(withWebRtc);
    expect(ladder.push({ type: 'favoured', rung: 'webRtc' }, 1)).toEqual([
      { type: 'use', rung: 'webRtc' },
    ]);
    expect(ladder.push({ type: 'favoured', rung: undefined }, 2)).toEqual([
      { type: 'use', rung: 'webCodecs' },
    ]);
  });

  it('does not outweigh a choice, and ends with one', () => {
    const ladder = ladderWith(withWebRtc);
    ladder.push({ type: 'chosen', choice: 'mediaSource' }, 1);
    expect(ladder.push({ type: 'favoured', rung: 'webRtc' }, 2)).toEqual([]);
    expect(ladder.current).toBe('mediaSource');
    ladder.push({ type: 'chosen', choice: 'auto' }, 3);
    expect(ladder.current).toBe('webCodecs');
  });

  it('cannot make a rung usable, and one that failed gives way to the best', () => {
    const without = ladderWith(everything);
    expect(without.push({ type: 'favoured', rung: 'webRtc' }, 1)).toEqual([]);
    const ladder = ladderWith(withWebRtc);
    ladder.push({ type: 'favoured', rung: 'webRtc' }, 1);
    ladder.push({ type: 'failed', rung: 'webRtc', why: 'Nothing gets through.' }, 2);
    expect(ladder.current).toBe('webCodecs');
  });
});
