import { describe, expect, it } from 'vitest';
import type { Addon, AddonListener } from '../../../server/transport/rwebtransport-addon.ts';
import { RwebtransportSession } from '../../../server/transport/rwebtransport-session.ts';

/** The addon's part of opening a stream: it notes requests and answers none by itself. */
function openedSession(): { session: RwebtransportSession; requests: number[] } {
  const requests: number[] = [];
  const addon: Partial<Addon> = {
    serverOpenStream: (_listener, _session, _bidi, requestId) => void requests.push(requestId),
    serverWrite: (_listener, _session, _stream, _bytes, requestId) => void requests.push(requestId),
  };
  const ready = {
    type: 'serverReady',
    session: 1,
    path: '/dtf/1',
    origin: null,
    protocol: 'dtf-1',
    remoteAddress: '127.0.0.1',
    remotePort: 1,
  } as const;
  const session = new RwebtransportSession(
    addon as Addon,
    {} as AddonListener,
    ready,
    () => undefined,
  );
  return { session, requests };
}

describe('rwebtransport session', () => {
  it('opens no stream when the session ends between the answer and the first write', async () => {
    const { session, requests } = openedSession();
    const opening = session.openUni();
    session.take({ type: 'streamOpened', requestId: requests[0] ?? 0, streamId: 3 });
    session.end({ code: 0, reason: '', clean: true });
    await expect(opening).resolves.toBeUndefined();
  });

  it('opens no stream when the session ends before the first write is taken', async () => {
    const { session, requests } = openedSession();
    const opening = session.openUni();
    session.take({ type: 'streamOpened', requestId: requests[0] ?? 0, streamId: 3 });
    await Promise.resolve();
    expect(requests).toHaveLength(2);
    session.end({ code: 0, reason: '', clean: true });
    await expect(opening).resolves.toBeUndefined();
  });
});
