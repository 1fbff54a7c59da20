import type { Page } from 'playwright-core';

/** Remembers every RTCPeerConnection that a page makes; to be run on a page before the link is opened. */
export function watchPeerConnections(page: Page): Promise<unknown> {
  return page.addInitScript(() => {
    const made: RTCPeerConnection[] = [];
    Object.assign(globalThis, { peerConnections: made });
    const { RTCPeerConnection: Original } = globalThis;
    globalThis.RTCPeerConnection = class extends Original {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        made.push(this);
      }
    };
  });
}

/** The two ends of the path that a connection uses. */
export interface UsedPath {
  /** The browser's side: `host`, `relay` and so on. */
  readonly localType: string;
  readonly protocol: string;
}

/** The paths in use, of every connection of the page that has one (W3C WebRTC Statistics). */
export function usedPaths(page: Page): Promise<readonly UsedPath[]> {
  return page.evaluate(async () => {
    const { peerConnections } = globalThis as unknown as {
      readonly peerConnections: readonly RTCPeerConnection[];
    };
    const paths = await Promise.all(
      peerConnections.map(async (connection) => {
        const stats = [...(await connection.getStats()).values()] as readonly Record<
          string,
          unknown
        >[];
        const find = (id: unknown) => stats.find((one) => one['id'] === id);
        const transport = stats.find(({ type }) => type === 'transport');
        const pair = find(transport?.['selectedCandidatePairId']);
        const local = find(pair?.['localCandidateId']);
        return (
          local && {
            localType: String(local['candidateType']),
            protocol: String(local['protocol']),
          }
        );
      }),
    );
    return paths.filter((path) => path !== undefined);
  });
}
