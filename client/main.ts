/** The page's entry: puts the parts together and comes in. */
import { fetchSessionStatus, takeToken } from './login.ts';
import { addressedSettings, addressWithout, readPageParameters } from './page-parameters.ts';
import type { PlayerOptions, PlayerProbe } from './player.ts';
import { Player } from './player.ts';
import { createLink, login, logout } from './session-api.ts';
import { SettingsStore } from './settings/settings-store.ts';
import './view/app-view.ts';

declare global {
  interface Window {
    /** For measurements: set while a player runs with `?probe=1` in the page's address. */
    oriel?: { readonly probe: PlayerProbe };
  }
}

function createPlayer(options: PlayerOptions): Player {
  const player = new Player(options);
  if (player.probe !== undefined) window.oriel = { probe: player.probe };
  return player;
}

function tokenFromAddress(): string | undefined {
  const { hash, pathname, search } = location;
  const replace = (address: string): void => history.replaceState(null, '', address);
  return takeToken({ hash, pathname, search, replace });
}

const app = document.createElement('oriel-app');
app.options = {
  api: { login, logout, createLink, sessionStatus: fetchSessionStatus },
  createPlayer,
  settings: {
    store: new SettingsStore(() => localStorage),
    addressed: addressedSettings(readPageParameters(location.search)),
    onChosen: (names) => history.replaceState(null, '', addressWithout(location.href, names)),
  },
  reload: () => location.reload(),
};
document.body.append(app);
void app.enter(tokenFromAddress());

// A page out of the back-forward cache has said goodbye, and its workers stood still since: it begins again.
window.addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

// A new link, pasted into the address bar of this page, changes only the fragment.
window.addEventListener('hashchange', () => {
  const token = tokenFromAddress();
  if (token !== undefined) void app.enter(token);
});
