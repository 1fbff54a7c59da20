/** The bodies of requests that a session carries: texts in gzip (RFC 1952). */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether this browser knows gzip (Compression Streams). */
export const canPack = (): boolean => typeof CompressionStream !== 'undefined';

/** Packs a text; an empty one is no byte. */
export async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  if (text === '') return new Uint8Array();
  const packed = new Blob([encoder.encode(text)])
    .stream()
    .pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/**
 * Unpacks a text.
 *
 * @throws TypeError when it is no gzip or no UTF-8; RangeError above `maxBytes`, before more than those are there
 */
export async function unpack(bytes: Uint8Array<ArrayBuffer>, maxBytes: number): Promise<string> {
  if (bytes.length === 0) return '';
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  // By its reader: WebKit does not iterate over streams.
  const reader = new Blob([bytes])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new RangeError(`body: expected at most ${maxBytes} bytes, got more`);
    }
    chunks.push(value);
  }
  return decoder.decode(await new Blob(chunks).arrayBuffer());
}
