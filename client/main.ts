/** The page's entry: puts the parts together and comes in. */
import { fetchSessionStatus, takeToken } from './login.ts';
import { readPageParameters, TRANSPORT_PARAMETER } from './page-parameters.ts';
import type { PlayerOptions, PlayerProbe } from './player.ts';
import { Player } from './player.ts';
import { createLink, login, logout } from './session-api.ts';
import type { TransportKind } from './transport/transport.ts';
import type { AppOptions } from './view/app-view.ts';
import './view/app-view.ts';

declare global {
  interface Window {
    /** For measurements: set while a player runs with `?probe=1` in the page's address. */
    oriel?: { readonly probe: PlayerProbe };
  }
}

/** Moves the session, and keeps the choice in the address for the next time that the page is loaded. */
async function pinTransport(transport: TransportKind | undefined): Promise<void> {
  const holds = await player?.chooseTransport(transport ?? 'auto');
  // Also when it does not hold, so that the settings show what does.
  app.options = { ...options, pinned: holds === true ? transport : app.options?.pinned };
  if (holds !== true) return;
  const page = new URL(location.href);
  if (transport === undefined) page.searchParams.delete(TRANSPORT_PARAMETER);
  else page.searchParams.set(TRANSPORT_PARAMETER, transport);
  history.replaceState(null, '', page);
}

let player: Player | undefined;

function createPlayer(options: PlayerOptions): Player {
  player = new Player(options);
  if (player.probe !== undefined) window.oriel = { probe: player.probe };
  return player;
}

function tokenFromAddress(): string | undefined {
  const { hash, pathname, search } = location;
  const replace = (address: string): void => history.replaceState(null, '', address);
  return takeToken({ hash, pathname, search, replace });
}

const { pinned, mode } = readPageParameters(location.search);
const app = document.createElement('oriel-app');
const options: AppOptions = {
  api: { login, logout, createLink, sessionStatus: fetchSessionStatus },
  createPlayer,
  pinned,
  mode: mode ?? 'balanced',
  pinTransport,
  reload: () => location.reload(),
};
app.options = options;
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
