/** The smallest page around a player; the test reads what it was told. */
import { Player, type PlayerState, type PlayerStats } from '../../../../client/player.ts';

const canvas = document.querySelector('canvas');
const video = document.querySelector('video');
if (canvas === null || video === null) throw new Error('page: expected a canvas and a video');

const states: PlayerState[] = [];
const cursors: unknown[] = [];
const stats: PlayerStats[] = [];
const sinks: string[] = [];
const player = new Player({
  canvas,
  video,
  onPlace: (place) => sinks.push(place),
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
  readonly sinks: string[];
}

const page: PlayerPage = { player, states, cursors, stats, sinks };
Object.assign(window, { page });
