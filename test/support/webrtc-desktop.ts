import { paintedDesktop, type PaintedDesktop } from './painted-desktop.ts';

/** Pictures a second that are painted and encoded. */
const FRAMES_PER_SECOND = 20;

/**
 * A painted desktop whose gateway offers WebRTC, from `beforeAll` to `afterAll`; call it at the top of a test file. A small and slow
 * picture: two cores carry desktop, encoder and browser at once.
 *
 * @param flags of the gateway, beside the usual ones
 */
export const webRtcDesktop = (flags: readonly string[] = []): PaintedDesktop =>
  paintedDesktop({
    framesPerSecond: FRAMES_PER_SECOND,
    background: 'none',
    flags: [
      ...['--webrtc', '--no-audio', '--video-frame-rate', String(FRAMES_PER_SECOND), ...flags],
      ...['--desktop-width', '1280', '--desktop-height', '400'],
    ],
  });
