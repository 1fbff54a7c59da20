import type { SessionObserver } from '../../server/session/session-observer.ts';

/** Counts nothing. */
export const quietObserver: SessionObserver = {
  joined: () => undefined,
  left: () => undefined,
  denied: () => undefined,
  dropped: () => undefined,
  unused: () => undefined,
  keyframeWanted: () => undefined,
  changeCaptured: () => undefined,
  pictureSent: () => undefined,
  shown: () => undefined,
};
