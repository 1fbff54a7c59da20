/** Mounts the real page with a scripted player and scripted answers of the server; the test drives it over `window.harness`. */
import type { Entry } from '../../../../client/login.ts';
import {
  addressedSettings,
  addressWithout,
  readPageParameters,
} from '../../../../client/page-parameters.ts';
import { SettingsStore } from '../../../../client/settings/settings-store.ts';
import type { AppView } from '../../../../client/view/app-view.ts';
import '../../../../client/view/app-view.ts';
import { ScriptedPlayer } from './scripted-player.ts';

export interface Harness {
  readonly app: AppView;
  /** The players that were made, the newest last. */
  readonly players: ScriptedPlayer[];
  /** What the server says of this browser's session. */
  session: 'open' | 'password' | 'link' | 'unreachable';
  linkFails: boolean;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const players: ScriptedPlayer[] = [];
const app = document.createElement('oriel-app');

window.harness = { app, players, session: 'open', linkFails: false };

app.options = {
  api: {
    login: (credential) => {
      const isRight = credential.type === 'password' && credential.password === 'open sesame';
      if (isRight) window.harness.session = 'open';
      return Promise.resolve(
        isRight
          ? { type: 'accepted' }
          : { type: 'refused', code: 'refused', message: '', retryAfterMs: undefined },
      );
    },
    sessionStatus: () => {
      const { session } = window.harness;
      if (session === 'unreachable') return Promise.reject(new Error('no server'));
      if (session === 'open') return Promise.resolve({ type: 'open' });
      return Promise.resolve({
        type: 'closed',
        acceptsPassword: session === 'password',
        allowsPlainHttp: false,
      });
    },
    logout: () => {
      window.harness.session = 'password';
      return Promise.resolve();
    },
    createLink: () =>
      window.harness.linkFails
        ? Promise.reject(new Error('no link'))
        : Promise.resolve({
            link: `${location.origin}/#token=0f4cXyq3rWm1uP9sKd8eTz2vBn6hJa5lQc7xRy0wEg`,
            expiresInSeconds: 120,
          }),
  },
  createPlayer: (options) => {
    const player = new ScriptedPlayer(options);
    players.push(player);
    return player;
  },
  settings: {
    store: new SettingsStore(() => localStorage),
    addressed: addressedSettings(readPageParameters(location.search)),
    onChosen: (names) => history.replaceState(null, '', addressWithout(location.href, names)),
  },
  reload: () => location.reload(),
};
document.body.append(app);

/** Shows an entry that the environment of the test cannot bring about. */
export function showEntry(entry: Entry): void {
  app.entry = entry;
}
Object.assign(window, { showEntry });
