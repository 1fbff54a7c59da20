/** The smallest page around a player; the test reads what it was told. */
import { Player, type PlayerState, type PlayerStats } from '../../../../client/player.ts';

const canvas = document.querySelector('canvas');
if (canvas === null) throw new Error('page: expected a canvas');

const states: PlayerState[] = [];
const cursors: unknown[] = [];
const stats: PlayerStats[] = [];
const player = new Player({
  canvas,
  onState: (state) => states.push(state),
  onCursor: (cursor) => cursors.push(cursor),
  onStats: (one) => stats.push(one),
});
player.start();

export interface PlayerPage {
  readonly player: Player;
  readonly states: PlayerState[];
  readonly cursors: unknown[];
  readonly stats: PlayerStats[];
}

const page: PlayerPage = { player, states, cursors, stats };
Object.assign(window, { page });
