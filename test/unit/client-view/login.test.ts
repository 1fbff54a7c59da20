import { describe, expect, test } from 'vitest';
import type { EntryApi } from '../../../client/login.ts';
import { enter, refusalText, takeToken } from '../../../client/login.ts';
import type { LoginOutcome } from '../../../client/session-api.ts';

const refused: LoginOutcome = {
  type: 'refused',
  code: 'refused',
  message: 'no',
  retryAfterMs: undefined,
};

function server(
  session: 'open' | 'closed',
  answer: LoginOutcome,
  allowsPlainHttp = false,
): EntryApi & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    login: (credential) => {
      asked.push(`login ${credential.type}`);
      return Promise.resolve(answer);
    },
    sessionStatus: () => {
      asked.push('session');
      return Promise.resolve(
        session === 'open'
          ? { type: 'open' }
          : { type: 'closed', acceptsPassword: true, allowsPlainHttp },
      );
    },
  };
}

describe('takeToken', () => {
  const bar = (hash: string): Parameters<typeof takeToken>[0] & { replaced: string[] } => {
    const replaced: string[] = [];
    return {
      hash,
      pathname: '/',
      search: '?transport=websocket',
      replaced,
      replace: (to) => replaced.push(to),
    };
  };

  test('takes the token and cleans the address', () => {
    const address = bar('#token=abc-_123');
    expect(takeToken(address)).toBe('abc-_123');
    expect(address.replaced).toEqual(['/?transport=websocket']);
  });

  test('leaves other fragments alone', () => {
    for (const hash of ['', '#', '#section', '#nottoken=1']) {
      const address = bar(hash);
      expect(takeToken(address)).toBeUndefined();
      expect(address.replaced).toEqual([]);
    }
  });

  test('an empty token is removed and not used', () => {
    const address = bar('#token=');
    expect(takeToken(address)).toBeUndefined();
    expect(address.replaced).toHaveLength(1);
  });
});

describe('enter', () => {
  test('an insecure page is explained where the server lets none in', async () => {
    const api = server('closed', refused);
    expect(await enter(api, { token: 't', isSecure: false })).toEqual({ type: 'insecure' });
  });

  test('an insecure page comes in where the server allows it, and is told who else reads', async () => {
    const api = server('closed', refused, true);
    const entry = await enter(api, { token: undefined, isSecure: false });
    expect(entry).toMatchObject({
      type: 'login',
      notice: expect.stringContaining('not encrypted') as string,
    });
    const accepted = server('closed', { type: 'accepted' }, true);
    expect(await enter(accepted, { token: 't', isSecure: false })).toEqual({ type: 'desktop' });
  });

  test('a good token leads to the desktop', async () => {
    const api = server('closed', { type: 'accepted' });
    expect(await enter(api, { token: 't', isSecure: true })).toEqual({ type: 'desktop' });
    expect(api.asked).toEqual(['login token']);
  });

  test('a used token does no harm to who is logged in', async () => {
    const api = server('open', refused);
    expect(await enter(api, { token: 't', isSecure: true })).toEqual({ type: 'desktop' });
  });

  test('a used token is explained to who is not', async () => {
    const entry = await enter(server('closed', refused), { token: 't', isSecure: true });
    expect(entry).toEqual({
      type: 'login',
      acceptsPassword: true,
      notice: 'This link has expired or was used already.',
    });
  });

  test('a first visit is not told off', async () => {
    const entry = await enter(server('closed', refused), { token: undefined, isSecure: true });
    expect(entry).toMatchObject({ type: 'login', notice: undefined });
  });

  test('a silent server', async () => {
    const api = {
      ...server('open', refused),
      sessionStatus: () => Promise.reject(new Error('no route')),
    };
    const entry = await enter(api, { token: undefined, isSecure: true });
    expect(entry).toEqual({ type: 'unreachable' });
  });
});

test('a server that asks to wait is quoted', () => {
  const wait = { ...refused, retryAfterMs: 4200 };
  expect(refusalText(wait, 'password')).toBe('Too many attempts. Try again in 5 seconds.');
  expect(refusalText(refused, 'password')).toBe('That password is not right.');
});
