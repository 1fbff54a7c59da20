/**
 * The bodies of requests that a session carries: texts in gzip (RFC 1952). Without a Blob on the way: those of Chromium are kept by another
 * process, which a busy machine takes its time to ask.
 */

const encoder = new TextEncoder();

/** Whether this browser knows gzip (Compression Streams). */
export const canPack = (): boolean => typeof CompressionStream !== 'undefined';

/** Packs a text; an empty one is no byte. */
export async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  if (text === '') return new Uint8Array();
  const packed = through(encoder.encode(text), new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/**
 * Unpacks a text.
 *
 * @throws TypeError when it is no gzip or no UTF-8; RangeError above `maxBytes`, before more than those are there
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<string> {
  if (bytes.length === 0) return '';
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let length = 0;
  // By its reader: WebKit does not iterate over streams.
  const reader = through(bytes, new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new RangeError(`body: expected at most ${maxBytes} bytes, got more`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

/** What comes out of a transformation, as it is read: what is wrong with the bytes its reader is told. */
function through(
  bytes: Uint8Array<ArrayBuffer>,
  { readable, writable }: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const writer = writable.getWriter();
  // Not awaited: it takes more when the reader has read.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  return readable;
}
