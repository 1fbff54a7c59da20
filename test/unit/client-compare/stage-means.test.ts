import { describe, expect, it } from 'vitest';
import { joinedMeans, stageMeans } from '../../../client/compare/stage-means.ts';

const none = { queue: [], network: [], reassembly: [], decode: [], present: [] } as const;

describe('the means of stages', () => {
  it('leave out what is not known', () => {
    const means = stageMeans({ ...none, capture: [8, Number.NaN, 10], encode: [4, 5, 6] });
    expect(means).toEqual({ capture: { meanMs: 9, frames: 2 }, encode: { meanMs: 5, frames: 3 } });
  });

  it('of several runs count each frame once', () => {
    const joined = joinedMeans([
      { encode: { meanMs: 4, frames: 10 } },
      { encode: { meanMs: 7, frames: 20 }, capture: { meanMs: 3, frames: 1 } },
      {},
    ]);
    expect(joined).toEqual({
      encode: { meanMs: 6, frames: 30 },
      capture: { meanMs: 3, frames: 1 },
    });
    expect(joinedMeans([])).toEqual({});
  });
});
