/** Rate of all sound, Hz: Opus decodes to any supported rate (RFC 7845, section 5.1), and 48 kHz is its own. */
export const SAMPLE_RATE = 48_000;
