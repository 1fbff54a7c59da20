/** The least length, in characters, of a token or secret between programs: 96 bits in base64. */
export const MIN_TOKEN_CHARACTERS = 16;
