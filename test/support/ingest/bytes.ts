/** The bytes of a hex text; spaces are for the reader. */
export function bytes(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, '');
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new RangeError(`hex: got ${hex}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** The bytes as hex text without spaces. */
export function hexOf(data: Uint8Array): string {
  return Buffer.from(data).toString('hex');
}
