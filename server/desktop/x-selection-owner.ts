import type { XConnection } from './x-connection.ts';
import { SELECTION_NOTIFY } from './x-selection-reader.ts';
import { encodeTarget, offeredTargets } from './x-selection-text.ts';
import { x11, type XEvent } from './x11.ts';

/** Numbers of the names that an owner needs. */
export type OwnerAtoms = Readonly<
  Record<(typeof offeredTargets)[number] | 'INCR' | 'TARGETS', number>
>;

/** Bytes of the largest property that is set at once, and of a piece: far below what a request may hold (256 KB). */
const PIECE_BYTES = 65_536;

/** Transfers in pieces that are under way at once; one more is refused. */
const MAX_TRANSFERS = 8;

/** How long a program may take for one piece, ms; one that has gone takes none. */
const PIECE_MS = 5_000;

/** Atom of the type ATOM (X Window System Protocol, appendix B). */
const ATOM = 4;
const REPLACE = 0;
const DELETED = 1;

/** The connection, the window that owns, and what it owns. */
export interface SelectionOwnerOptions {
  readonly connection: XConnection;
  readonly window: number;
  readonly atoms: OwnerAtoms;
  /** What programs get; undefined: nothing. */
  text(): string | undefined;
}

interface Transfer {
  readonly requestor: number;
  readonly property: number;
  readonly type: number;
  left: Buffer;
  timer: NodeJS.Timeout;
}

/**
 * Gives the text of a selection to the programs that ask for it, a large one in pieces (ICCCM, section 2). On a connection that no
 * other part listens on: of a window that asks, it listens to what happens to its properties.
 */
export class SelectionOwner {
  readonly #options: SelectionOwnerOptions;
  readonly #names: ReadonlyMap<number, string>;
  readonly #transfers = new Set<Transfer>();

  constructor(options: SelectionOwnerOptions) {
    this.#options = options;
    this.#names = new Map(offeredTargets.map((name) => [options.atoms[name], name]));
  }

  /** Answers until the connection ends. Call once. */
  serve(): void {
    const { connection } = this.#options;
    connection.client.on('event', (event) => {
      if (event.name === 'SelectionRequest') this.#asked(event);
      else if (event.name === 'PropertyNotify' && event.state === DELETED) this.#taken(event);
    });
    void connection.closed.then(() => {
      for (const transfer of this.#transfers) clearTimeout(transfer.timer);
    });
  }

  #asked({ requestor = 0, selection = 0, target = 0, property = 0, time = 0 }: XEvent): void {
    // Old programs name no property, and mean one of the target's name (ICCCM, section 2.2).
    const place = property === 0 ? target : property;
    const isGiven = requestor !== this.#options.window && this.#give(requestor, place, target);
    this.#options.connection.client.SendEvent(requestor, 0, 0, {
      ...{ type: SELECTION_NOTIFY, seq: 0, time, requestor, selection, target },
      property: isGiven ? place : 0,
    });
  }

  #give(requestor: number, property: number, target: number): boolean {
    const { atoms, connection } = this.#options;
    const text = this.#options.text();
    if (text === undefined) return false;
    if (target === atoms.TARGETS) {
      const targets = [atoms.TARGETS, ...this.#names.keys()];
      connection.client.ChangeProperty(REPLACE, requestor, property, ATOM, 32, targets);
      return true;
    }
    const name = this.#names.get(target);
    const bytes = name === undefined ? undefined : encodeTarget(name, text);
    if (bytes === undefined) return false;
    const type = name === 'TEXT' ? atoms.UTF8_STRING : target;
    if (bytes.length > PIECE_BYTES) return this.#begin({ requestor, property, type, left: bytes });
    connection.client.ChangeProperty(REPLACE, requestor, property, type, 8, bytes);
    return true;
  }

  /** Announces a transfer; each piece follows when the one before was taken. */
  #begin(transfer: Omit<Transfer, 'timer'>): boolean {
    const { atoms, connection } = this.#options;
    const { requestor, property, left } = transfer;
    const isTaken = [...this.#transfers].some(
      (other) => other.requestor === requestor && other.property === property,
    );
    if (isTaken || this.#transfers.size >= MAX_TRANSFERS) return false;
    const { client } = connection;
    client.ChangeWindowAttributes(requestor, { eventMask: x11.eventMask.PropertyChange });
    client.ChangeProperty(REPLACE, requestor, property, atoms.INCR, 32, [left.length]);
    const begun: Transfer = { ...transfer, timer: setTimeout(() => this.#end(begun), PIECE_MS) };
    this.#transfers.add(begun);
    return true;
  }

  /** Somebody has read a property and deleted it. */
  #taken({ wid, atom }: XEvent): void {
    for (const transfer of this.#transfers) {
      if (transfer.requestor === wid && transfer.property === atom) this.#sendPiece(transfer);
    }
  }

  #sendPiece(transfer: Transfer): void {
    const { requestor, property, type, left } = transfer;
    const piece = left.subarray(0, PIECE_BYTES);
    const { client } = this.#options.connection;
    client.ChangeProperty(REPLACE, requestor, property, type, 8, piece);
    transfer.left = left.subarray(piece.length);
    transfer.timer.refresh();
    // The empty piece says that this was all.
    if (piece.length === 0) this.#end(transfer);
  }

  #end(transfer: Transfer): void {
    clearTimeout(transfer.timer);
    this.#transfers.delete(transfer);
    const isLast = ![...this.#transfers].some(({ requestor }) => requestor === transfer.requestor);
    const { connection } = this.#options;
    if (isLast && connection.isOpen)
      connection.client.ChangeWindowAttributes(transfer.requestor, { eventMask: 0 });
  }
}
