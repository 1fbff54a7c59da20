import { expect, it } from 'vitest';
import { RtWebSocketWindow } from '../../lab/rtwebsocket-window.ts';

const KB = 1_024;

/** Everything that may be written at a moment, in bytes. */
function writable(window: RtWebSocketWindow<number>, now: number): number {
  let bytes = 0;
  for (;;) {
    const chunk = window.next(now);
    if (chunk === undefined) break;
    bytes += chunk.to - chunk.from;
  }
  window.settle(now);
  return bytes;
}

it('writes 64 KB, to the fragment, before anything is acknowledged', () => {
  const window = new RtWebSocketWindow<number>();
  window.push(1, 200 * KB, 0);
  const written = writable(window, 0);
  expect(written).toBeGreaterThanOrEqual(64 * KB);
  expect(written).toBeLessThan(64 * KB + 1_400);
  expect(writable(window, 1)).toBe(0);
});

it('opens to bandwidth times round trip and 50 ms once a window was measured', () => {
  const window = new RtWebSocketWindow<number>();
  for (let message = 0; message < 5; message += 1) window.push(message, 200 * KB, 0);
  const first = writable(window, 0);
  window.acknowledge(first, 40);
  writable(window, 40);
  // 64 KB in each 40 ms: an acknowledgement beyond the sample ends the window.
  window.acknowledge(first + 2_800, 80);
  const outstanding = first + writable(window, 80);
  expect(outstanding).toBeGreaterThan(100 * KB);
});

it('gives up what was not begun after 2 s, and what was after 2.1 s', () => {
  const window = new RtWebSocketWindow<number>();
  window.push(1, 100 * KB, 0);
  window.push(2, 1_000, 0);
  window.push(3, 1_000, 1_500);
  const first = writable(window, 0);
  window.acknowledge(first, 2_050);
  expect(window.next(2_050)?.message).toBe(1);
  expect(window.next(2_101)?.message).toBe(3);
  expect(window.next(2_101)).toBeUndefined();
});

it('asks for acknowledgements after a quarter of what is outstanding, 2,800 to 11,200 bytes', () => {
  const window = new RtWebSocketWindow<number>();
  expect(window.ackBytes).toBe(2_800);
  window.push(1, 200 * KB, 0);
  writable(window, 0);
  expect(window.ackBytes).toBe(11_200);
});
