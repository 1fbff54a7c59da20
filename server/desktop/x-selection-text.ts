/** Text in the forms in which X programs give and take it (ICCCM, section 2.6.2). */

/** Names of the forms that are asked for, the best one first. */
export const textTargets = ['UTF8_STRING', 'text/plain;charset=utf-8', 'STRING'] as const;

/** Names of the forms in which our text is given. */
export const offeredTargets = [...textTargets, 'text/plain', 'TEXT'] as const;

/** Of a name of `offeredTargets`: the bytes of a text; undefined where it cannot be said that way. */
export function encodeTarget(target: string, text: string): Buffer | undefined {
  if (target !== 'STRING') return Buffer.from(text, 'utf8');
  // STRING is ISO Latin-1, and what is not in it would arrive as something else.
  // eslint-disable-next-line no-control-regex -- the whole of Latin-1 is meant
  return /^[\x00-\xff]*$/.test(text) ? Buffer.from(text, 'latin1') : undefined;
}

/** What a program gave in a form that was asked for: well-formed text, without the NUL that some end it with. */
export function decodeTarget(target: string, bytes: Buffer): string {
  const text = bytes.toString(target === 'STRING' ? 'latin1' : 'utf8');
  return text.replace(/\0+$/, '');
}
