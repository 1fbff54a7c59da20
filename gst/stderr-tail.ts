/** Lines kept; enough for GStreamer's complaint and what led to it. */
const MAX_LINES = 5;

/** Characters kept of one line. */
const MAX_LINE_CHARACTERS = 300;

/** Remembers the last lines that a child printed, so that a log can say why it died. Bounded, whatever comes. */
export class StderrTail {
  readonly #lines: string[] = [];
  #partial = '';

  push(chunk: Uint8Array): void {
    // Only the end can matter, and a flood must not cost more than this.
    const text = Buffer.from(chunk.subarray(-MAX_LINES * MAX_LINE_CHARACTERS)).toString('utf8');
    const pieces = (this.#partial + text).split('\n');
    this.#partial = (pieces.pop() ?? '').slice(0, MAX_LINE_CHARACTERS);
    for (const line of pieces) this.#keep(line);
  }

  /** The lines, oldest first, joined by ` | `; empty when nothing was printed. */
  toString(): string {
    return [...this.#lines, this.#partial.trim()].filter((line) => line !== '').join(' | ');
  }

  #keep(line: string): void {
    const text = line.trim().slice(0, MAX_LINE_CHARACTERS);
    if (text === '') return;
    this.#lines.push(text);
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
