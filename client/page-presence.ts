/** What becomes of the page in the browser, as far as the player cares. */
export interface PagePresence {
  /** It was looked at again, or the network came back. */
  readonly onBack: () => void;
  /** Told at once when it is hidden from the start. */
  readonly onHidden: (isHidden: boolean) => void;
  /** It is about to go. */
  readonly onLeave: () => void;
}

/** Watches the page until `signal` aborts. */
export function watchPage({ onBack, onHidden, onLeave }: PagePresence, signal: AbortSignal): void {
  const tell = (): void => {
    const isHidden = document.visibilityState === 'hidden';
    if (!isHidden) onBack();
    onHidden(isHidden);
  };
  addEventListener('online', onBack, { signal });
  document.addEventListener('visibilitychange', tell, { signal });
  addEventListener('pagehide', onLeave, { signal });
  if (document.visibilityState === 'hidden') tell();
}
