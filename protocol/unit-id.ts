/** The first byte of every unit. Data units are below 0x1f, control units from there on. */
export const UnitId = {
  padding: 0x00,
  message: 0x10,
  fragmentFirst: 0x11,
  fragmentMiddle: 0x12,
  fragmentLast: 0x13,
  redundant: 0x14,
  auth: 0x1f,
  hello: 0x20,
  helloAck: 0x21,
  error: 0x22,
  goaway: 0x23,
  flowOpen: 0x24,
  flowAccept: 0x25,
  flowClose: 0x26,
  flowUpdate: 0x27,
  credit: 0x28,
  abandon: 0x29,
  revise: 0x2a,
  keyRequest: 0x2b,
  role: 0x2c,
  ping: 0x30,
  pong: 0x31,
  ackConfig: 0x32,
  ack: 0x33,
  report: 0x34,
  rate: 0x35,
  input: 0x40,
  inputAck: 0x41,
} as const;

/** Whether a first byte belongs to a data unit (counted in acknowledgements) rather than a control unit. */
export const isDataUnitId = (first: number): boolean => first < UnitId.auth;
