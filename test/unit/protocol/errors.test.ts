import { describe, expect, it } from 'vitest';
import {
  ProtocolError,
  SessionCode,
  sessionCodeFromWebSocket,
  webSocketCloseCode,
} from '../../../protocol/errors.ts';

describe('session codes', () => {
  it.each(Object.entries(SessionCode))('%s survives the way through a WebSocket', (_name, code) => {
    const closeCode = webSocketCloseCode(code);
    expect(closeCode).toBe(4000 + code);
    expect(sessionCodeFromWebSocket(closeCode)).toBe(code);
  });

  it.each([1000, 1006, 3999, 4012, 4999])('%d is none of them', (closeCode) => {
    expect(sessionCodeFromWebSocket(closeCode)).toBeUndefined();
  });
});

describe('ProtocolError', () => {
  it.each([
    ['E_TRUNCATED', SessionCode.protocol],
    ['E_SIZE', SessionCode.limit],
    ['E_RATE', SessionCode.rate],
    ['E_FLOW_STATE', SessionCode.flowState],
    ['E_CREDIT', SessionCode.flowControl],
  ] as const)('%s closes the session with %d', (code, closeCode) => {
    const cause = new Error('deeper');
    const error = new ProtocolError(code, 'field: expected this, got that', { cause });
    expect(error).toMatchObject({ name: 'ProtocolError', code, closeCode, cause });
  });
});
