import { expect, it } from 'vitest';
import { elementsOf } from '../../../gst/probe.ts';

it('reads the names of the elements from what gst-inspect-1.0 prints, and nothing else', () => {
  const listing = [
    'x264:  x264enc: x264 H.264 Encoder',
    'vpx:  vp8enc: On2 VP8 Encoder',
    'rtpmanager:  rtpst2022-1-fecenc: SMPTE 2022-1 FEC encoder',
    'typefindfunctions: audio/x-ac3: ac3, eac3',
    '',
    'Total count: 258 plugins, 849 features',
  ].join('\n');
  expect([...elementsOf(listing)]).toEqual(
    expect.arrayContaining(['x264enc', 'vp8enc', 'rtpst2022-1-fecenc']),
  );
  expect(elementsOf(listing).has('x264')).toBe(false);
  expect(elementsOf(listing).has('258')).toBe(false);
  expect(elementsOf('').size).toBe(0);
});
