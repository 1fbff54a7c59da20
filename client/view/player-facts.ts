/** What a screen knows of its player, as the player tells it. Pure. */
import { unknownClipboard, type ClipboardView } from '../clipboard/desktop-clipboard.ts';
import type { RungsView } from '../ladder/rung-control.ts';
import type {
  PlayerState,
  PlayerStats,
  SessionEnding,
  SoundState,
  TransportMove,
} from '../player.ts';

/** All of it; a change makes a new one. */
export interface PlayerFacts {
  readonly state: PlayerState;
  /** The newest statistics; undefined while there is no live connection. */
  readonly stats: PlayerStats | undefined;
  readonly sound: SoundState;
  /** The newest change of the transport. */
  readonly move: TransportMove | undefined;
  /** Which rung of the ladder is in use, and why no better one. */
  readonly rungs: RungsView | undefined;
  /** What the gateway says of the end of the session, if it is near. */
  readonly ending: SessionEnding | undefined;
  readonly clipboard: ClipboardView;
  /** Whether there was ever a picture. */
  readonly hadPicture: boolean;
}

/** A player that has said nothing yet. */
export const unknownPlayer: PlayerFacts = {
  state: { phase: 'connecting' },
  stats: undefined,
  sound: 'starting',
  move: undefined,
  rungs: undefined,
  ending: undefined,
  clipboard: unknownClipboard,
  hadPicture: false,
};

/** What was known of the desktop stays in a new state, so that its old picture keeps its place. */
export function withState(facts: PlayerFacts, state: PlayerState): PlayerFacts {
  const { desktop, picture, role, mayControl } = facts.state;
  const isLive = state.phase === 'live';
  return {
    ...facts,
    state: {
      ...(desktop && { desktop }),
      ...(picture && { picture }),
      ...(role && { role }),
      ...(mayControl !== undefined && { mayControl }),
      ...state,
    },
    stats: isLive ? facts.stats : undefined,
    hadPicture: facts.hadPicture || isLive,
  };
}

/** The newest statistics, which tell of the sound as well. */
export function withStats(facts: PlayerFacts, stats: PlayerStats): PlayerFacts {
  return { ...facts, stats, sound: stats.audio.state };
}

/** Whether the user's input counts: that of a viewer who may control takes control when nobody has it. */
export function mayControl({ mayControl: isAllowed, role }: PlayerState): boolean {
  return isAllowed ?? role === 'controller';
}

/** What the bar shows, ms: the desktop's latency, or the round trip until a frame was measured. */
export function latencyOf(stats: PlayerStats | undefined): number | undefined {
  return stats?.video?.latency?.typical.totalMs ?? stats?.network?.rttMs;
}
