/** https://w3c.github.io/media-source/#managedmediasource-interface: what phones have instead. */
declare global {
  var ManagedMediaSource: typeof MediaSource | undefined;
}

/** Media Source as this browser has it; undefined where it has none. */
export function mediaSourceOfBrowser(): typeof MediaSource | undefined {
  return (
    (globalThis as { MediaSource?: typeof MediaSource }).MediaSource ??
    globalThis.ManagedMediaSource
  );
}

type Operation =
  | { readonly type: 'append'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly type: 'changeType'; readonly mimeType: string }
  | { readonly type: 'remove'; readonly before: number };

/** Operations that wait at most; an element that is so far behind cannot be helped by more: 4 s at 60 per second. */
const MAX_WAITING = 240;

/** Bytes that wait at most: two pictures of the largest size. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * A live stream in a Media Source (https://www.w3.org/TR/media-source-2/): appends in order, one operation at a time as the interface
 * demands, joined where several wait. The duration stays unknown, by which browsers know a live stream.
 */
export class LiveBuffer {
  readonly #element: HTMLMediaElement;
  readonly #source: MediaSource;
  readonly #onFailed: (why: string) => void;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #mimeType: string | undefined;
  #waiting: Operation[] = [];
  #waitingBytes = 0;
  #isClosed = false;

  /** @param onFailed told once when nothing more can be played; `close` is to be called all the same */
  constructor(element: HTMLMediaElement, onFailed: (why: string) => void) {
    const Source = mediaSourceOfBrowser();
    if (Source === undefined) throw new Error('media source: expected one, got none');
    this.#element = element;
    this.#source = new Source();
    this.#onFailed = onFailed;
    this.#source.addEventListener('sourceopen', () => this.#open(), { once: true });
    this.#url = URL.createObjectURL(this.#source);
    element.srcObject = null;
    element.src = this.#url;
  }

  /** Another stream begins: everything after it needs its initialization segment. */
  begin(mimeType: string, segment: Uint8Array<ArrayBuffer>): void {
    if (this.#mimeType !== undefined && this.#mimeType !== mimeType)
      this.#push({ type: 'changeType', mimeType });
    this.#mimeType = mimeType;
    if (this.#source.readyState === 'open' && this.#buffer === undefined) this.#open();
    this.append(segment);
  }

  /** The bytes belong to the buffer from then on. */
  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waitingBytes += bytes.length;
    this.#push({ type: 'append', bytes });
  }

  /** Forgets what lies before a keyframe, s; anything else would take what needs it along. */
  forgetBefore(before: number): void {
    if (before > 0) this.#push({ type: 'remove', before });
  }

  /** Where the buffer ends, s; undefined while it is empty. */
  get end(): number | undefined {
    const ranges = this.#buffer?.buffered;
    return ranges === undefined || ranges.length === 0 ? undefined : ranges.end(ranges.length - 1);
  }

  /** Empties the element. Idempotent. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting = [];
    this.#buffer = undefined;
    URL.revokeObjectURL(this.#url);
    if (this.#element.src === this.#url) {
      this.#element.removeAttribute('src');
      this.#element.load();
    }
  }

  #open(): void {
    if (this.#isClosed || this.#mimeType === undefined) return;
    try {
      const buffer = this.#source.addSourceBuffer(this.#mimeType);
      this.#buffer = buffer;
      buffer.addEventListener('updateend', () => this.#advance());
      this.#advance();
    } catch (error) {
      this.#fail(error);
    }
  }

  #push(operation: Operation): void {
    if (this.#isClosed) return;
    this.#waiting.push(operation);
    if (this.#waiting.length > MAX_WAITING || this.#waitingBytes > MAX_WAITING_BYTES)
      this.#fail(new Error('the element does not take what it is given'));
    else this.#advance();
  }

  #advance(): void {
    const buffer = this.#buffer;
    if (buffer === undefined || buffer.updating) return;
    const next = this.#waiting[0];
    if (next === undefined) return;
    try {
      if (next.type === 'append') buffer.appendBuffer(this.#takeAppends());
      else {
        this.#waiting.shift();
        if (next.type === 'remove') buffer.remove(0, next.before);
        else {
          buffer.changeType(next.mimeType);
          this.#advance();
        }
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  /** All that wait in a row, as one. */
  #takeAppends(): Uint8Array<ArrayBuffer> {
    const other = this.#waiting.findIndex(({ type }) => type !== 'append');
    const taken = this.#waiting.splice(0, other < 0 ? this.#waiting.length : other);
    const parts = taken.flatMap((one) => (one.type === 'append' ? [one.bytes] : []));
    const [first] = parts;
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#waitingBytes -= length;
    if (parts.length === 1 && first !== undefined) return first;
    const joined = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }

  #fail(error: unknown): void {
    if (this.#isClosed) return;
    this.#waiting = [];
    this.#onFailed(error instanceof Error ? error.message : String(error));
  }
}
