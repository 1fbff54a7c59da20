/** What the page needs of a player; tests give it one of their own. */
import type { Player, PlayerOptions } from '../player.ts';
import type { ComparePlayer } from './compare/compare-player.ts';

/** The part of a player that the page uses. */
export type PlayerControl = ComparePlayer &
  Pick<
    Player,
    | 'start'
    | 'sendInput'
    | 'putClipboard'
    | 'settings'
    | 'apply'
    | 'resumeSound'
    | 'soundState'
    | 'close'
  > & { readonly api: Pick<Player['api'], 'read'> };

/** Makes a player for one canvas; the screen that asked for it closes it. */
export type CreatePlayer = (options: PlayerOptions) => PlayerControl;
