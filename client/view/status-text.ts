/** Words and grades for the state of a connection. */
import type { PlayerState, TransportMove } from '../player.ts';
import type { TransportKind } from '../transport/transport.ts';

const phaseLabels: Readonly<Record<PlayerState['phase'], string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  ended: 'Ended',
  refused: 'Refused',
};

/** What the bar says of a connection, and what it explains where one word is not enough. */
export interface StatusLabel {
  readonly text: string;
  readonly detail?: string;
}

/** One or two words for the state, the role among them. */
export function statusLabel({ phase, role, mayControl }: PlayerState): StatusLabel {
  if (phase !== 'live' || role !== 'viewer') return { text: phaseLabels[phase] };
  if (mayControl !== true) return { text: 'View only' };
  return {
    text: 'Watching',
    detail: 'Somebody else has control. When they leave, your next key or click takes it.',
  };
}

/** How the bar calls each transport. */
export const transportLabels: Readonly<Record<TransportKind, string>> = {
  webtransport: 'WebTransport',
  websocket: 'WebSocket',
  webrtc: 'WebRTC',
};

/** What became of a change of the transport, in two short sentences. */
export function moveText({ to, reason, hasMoved }: TransportMove): string {
  const label = transportLabels[to];
  return `${hasMoved ? `Now over ${label}.` : `${label} could not take over.`} ${reason}`;
}

/** `good`: feels immediate; `fair`: noticed; `poor`: hard to work with. */
export type LatencyGrade = 'good' | 'fair' | 'poor';

/** Grades glass-to-glass latency in milliseconds. The steps are a guess; ask users to check them. */
export function latencyGrade(latencyMs: number): LatencyGrade {
  if (latencyMs < 60) return 'good';
  return latencyMs < 150 ? 'fair' : 'poor';
}
