/**
 * The desktop's end of the click-to-photon probe, a program of its own:
 *
 *     node server/desktop/photon-target.ts [--display :N] [--authority FILE]
 *
 * A window that answers each key and button press with a new mark (protocol/photon-mark.ts) and another colour. A small dot blinks in it,
 * so that there are frames to find the mark in. DISPLAY and XAUTHORITY count where flags are missing. Prints one line when it is
 * ready; Ctrl-C or closing its window ends it.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  encodePhotonMark,
  PHOTON_MARK_BLOCKS,
  PHOTON_PRESSES,
} from '../../protocol/photon-mark.ts';
import { XConnection } from './x-connection.ts';
import { x11, type XEvent } from './x11.ts';

/** Widest block, pixels: as large as a macroblock, so that no codec smears a bit into the next. */
const MAX_BLOCK = 16;

/** Blocks from the window's edge to the mark, and around the colour below it. */
const MARGIN = 2;
/** Height of the mark and of the coloured field, in blocks. */
const MARK_ROWS = 2;
const FIELD_ROWS = 4;

/** Time between two changes of the dot, ms; the page searches as often. */
const BLINK_MS = 500;

/** Place of the window where no window manager chooses one, pixels. */
const CORNER = 48;

const TITLE = 'Oriel click to photon';
const BLACK = 0x000000;
const WHITE = 0xffffff;
/** For people: the field changes between these with each press. */
const FIELD_COLOURS = [0x3d4657, 0xf0b35c] as const;

/** Predefined atoms of the core protocol (X11/Xatom.h). */
const Atom = { string: 31, wmName: 39 } as const;

/** SetInputFocus: where the focus goes when the window is gone (RevertToPointerRoot). */
const REVERT_TO_POINTER_ROOT = 1;

/** The window and what it was asked so far. */
class PhotonTarget {
  readonly #connection: XConnection;
  readonly #window: number;
  readonly #back: number;
  readonly #black: number;
  readonly #white: number;
  readonly #field: number;
  readonly #block: number;
  readonly #width: number;
  readonly #height: number;
  #presses = 0;
  #isDotWhite = false;

  constructor(connection: XConnection) {
    this.#connection = connection;
    const { client, root, rootDepth, initialSize } = connection;
    const columns = PHOTON_MARK_BLOCKS + 2 * MARGIN;
    this.#block = Math.max(2, Math.min(MAX_BLOCK, Math.floor(initialSize.width / columns)));
    this.#width = columns * this.#block;
    this.#height = (MARK_ROWS + FIELD_ROWS + 3 * MARGIN) * this.#block;
    this.#window = client.AllocID();
    const { Exposure, KeyPress, ButtonPress } = x11.eventMask;
    const [width, height] = [this.#width, this.#height];
    client.CreateWindow(this.#window, root, CORNER, CORNER, width, height, 0, 0, 0, 0, {
      backgroundPixel: BLACK,
      eventMask: Exposure | KeyPress | ButtonPress,
    });
    client.ChangeProperty(0, this.#window, Atom.wmName, Atom.string, 8, TITLE);
    this.#back = client.AllocID();
    client.CreatePixmap(this.#back, this.#window, rootDepth, width, height);
    this.#black = this.#context(BLACK);
    this.#white = this.#context(WHITE);
    this.#field = this.#context(FIELD_COLOURS[0]);
    client.on('event', (event) => this.#onEvent(event));
  }

  /** Shows the window; resolves when the X server has it. */
  async show(): Promise<void> {
    this.#paint();
    this.#connection.client.MapWindow(this.#window);
    this.#copy();
    await this.#connection.sync();
  }

  /** Changes the dot. */
  blink(): void {
    this.#isDotWhite = !this.#isDotWhite;
    const block = this.#block;
    const dot = [this.#width - block, this.#height - block, block, block];
    const { client } = this.#connection;
    const colour = this.#isDotWhite ? this.#white : this.#black;
    client.PolyFillRectangle(this.#window, colour, dot);
  }

  #onEvent(event: XEvent): void {
    if (event.name === 'Expose') this.#copy();
    if (event.name !== 'KeyPress' && event.name !== 'ButtonPress') return;
    this.#presses = (this.#presses + 1) % PHOTON_PRESSES;
    this.#paint();
    this.#copy();
    // Without a window manager nobody else gives it the keyboard.
    if (event.name === 'ButtonPress') {
      this.#connection.client.SetInputFocus(this.#window, REVERT_TO_POINTER_ROOT);
    }
  }

  #paint(): void {
    const { client } = this.#connection;
    const block = this.#block;
    const margin = MARGIN * block;
    client.PolyFillRectangle(this.#back, this.#black, [0, 0, this.#width, this.#height]);
    const rectangles = encodePhotonMark(this.#presses).flatMap((isWhite, index) =>
      isWhite ? [margin + index * block, margin, block, MARK_ROWS * block] : [],
    );
    client.PolyFillRectangle(this.#back, this.#white, rectangles);
    client.ChangeGC(this.#field, { foreground: FIELD_COLOURS[this.#presses % 2] ?? WHITE });
    const top = 2 * margin + MARK_ROWS * block;
    const field = [margin, top, this.#width - 2 * margin, FIELD_ROWS * block];
    client.PolyFillRectangle(this.#back, this.#field, field);
  }

  /** One copy, so that no picture has half a mark. */
  #copy(): void {
    const [width, height] = [this.#width, this.#height];
    const { client } = this.#connection;
    client.CopyArea(this.#back, this.#window, this.#black, 0, 0, 0, 0, width, height);
  }

  #context(foreground: number): number {
    const id = this.#connection.client.AllocID();
    this.#connection.client.CreateGC(id, this.#back, { foreground, graphicsExposures: 0 });
    return id;
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      display: { type: 'string', default: process.env['DISPLAY'] ?? '' },
      authority: { type: 'string' },
    },
  });
  if (values.display === '') {
    throw new RangeError('no display: run this in a terminal on the desktop, or give --display :N');
  }
  const { display, authority } = values;
  const connection = await XConnection.open({ display, ...(authority && { authority }) });
  const end = (): void => connection.close();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const target = new PhotonTarget(connection);
  await target.show();
  const blinking = setInterval(() => target.blink(), BLINK_MS);
  process.stdout.write(`ready on ${display}: now press "Click to photon" in Oriel's page\n`);
  await connection.closed;
  clearInterval(blinking);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
}
