import type { StreamFacts } from '../protocol/control/stream.ts';
import type { RungsView } from './ladder/rung-control.ts';
import type { ClipboardNews } from './network/clipboard-relay.ts';
import type { PlayerState, SessionEnding } from './network/network-messages.ts';
import type { Cursor } from './receive/cursor.ts';
import type { UserChange } from './settings/user-settings.ts';
import type { PlayerStats } from './stats/player-stats.ts';
import type { TransportMove } from './transport/moves.ts';
import type { PicturePlace } from './video/sink.ts';

/** What the page gives the player. The canvas belongs to the player from then on: its size is the desktop's. */
export interface PlayerOptions {
  readonly canvas: HTMLCanvasElement;
  /** Where tracks and Media Source play; without it there is only the canvas. */
  readonly video?: HTMLVideoElement;
  /** Which of the two elements has the picture from now on; the canvas at first. */
  onPlace?(place: PicturePlace): void;
  onState(state: PlayerState): void;
  onCursor(cursor: Cursor): void;
  /** What becomes of the clipboard. */
  onClipboard?(news: ClipboardNews): void;
  /** The transport has changed, or could not although it was to; what is seen and heard went on. */
  onMove?(move: TransportMove): void;
  /** Which rung of the ladder is in use, and why no better one. */
  onRungs?(view: RungsView): void;
  /** The gateway will end the connection, or, with undefined, will not after all. */
  onEnding?(ending: SessionEnding | undefined): void;
  /** About twice a second while connected. */
  onStats(stats: PlayerStats): void;
  /** What the user chose earlier; `?mode=` and `?transport=` of the page's address are stronger. */
  readonly settings?: UserChange;
  /** What the gateway says of the stream: settings in force, offers, policy. Again whenever that changes. */
  onStream?(stream: StreamFacts): void;
}
