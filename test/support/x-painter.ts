import { XConnection } from '../../server/desktop/x-connection.ts';

/** x, y, width, height in pixels. */
export type Rectangle = readonly [number, number, number, number];

const PAPER = 0xffffff;

/** A white window over the whole screen that changes only when it is told to. */
export class XPainter {
  readonly width: number;
  readonly height: number;
  readonly #connection: XConnection;
  readonly #window: number;
  readonly #context: number;

  private constructor(connection: XConnection) {
    this.#connection = connection;
    const { client, root, initialSize } = connection;
    ({ width: this.width, height: this.height } = initialSize);
    this.#window = client.AllocID();
    client.CreateWindow(this.#window, root, 0, 0, this.width, this.height, 0, 0, 0, 0, {
      backgroundPixel: PAPER,
      overrideRedirect: 1,
    });
    this.#context = client.AllocID();
    client.CreateGC(this.#context, this.#window, { foreground: 0 });
    client.MapWindow(this.#window);
  }

  static async open(env: Readonly<Record<string, string>>): Promise<XPainter> {
    const authority = env['XAUTHORITY'];
    const connection = await XConnection.open({
      display: env['DISPLAY'] ?? '',
      ...(authority !== undefined && { authority }),
    });
    const painter = new XPainter(connection);
    await connection.sync();
    return painter;
  }

  /** Fills rectangles with a colour (0xrrggbb); they are on the screen when this resolves. */
  async fill(colour: number, rectangles: readonly Rectangle[]): Promise<void> {
    const { client } = this.#connection;
    client.ChangeGC(this.#context, { foreground: colour });
    client.PolyFillRectangle(this.#window, this.#context, rectangles.flat());
    await this.#connection.sync();
  }

  close(): void {
    this.#connection.close();
  }
}

/** Marks about as hard to encode as a page of text, over the whole of a screen; another page for another seed. */
export function textMarks(width: number, height: number, seed: number): readonly Rectangle[] {
  const marks: Rectangle[] = [];
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
  for (let y = 8; y + 18 <= height; y += 18) {
    for (let x = 12; x + 9 <= width; x += 9) {
      if (random() < 0.15) continue;
      const [tall, wide] = [4 + Math.floor(random() * 8), 2 + Math.floor(random() * 5)];
      marks.push([x, y + 12 - tall, 2, tall], [x, y + 10, wide, 2]);
    }
  }
  return marks;
}
