import type { ControlLease } from './control-lease.ts';
import type { Viewer } from './viewer.ts';

/** The connections to one desktop, oldest first, and who among them matters to the encoder. */
export class ConnectedViewers {
  readonly #lease: ControlLease;
  readonly #viewers = new Set<Viewer>();

  constructor(lease: ControlLease) {
    this.#lease = lease;
  }

  /** Those that have not joined yet, too. */
  get count(): number {
    return this.#viewers.size;
  }

  get all(): readonly Viewer[] {
    return [...this.#viewers];
  }

  add(viewer: Viewer): void {
    this.#viewers.add(viewer);
  }

  delete(viewer: Viewer): void {
    this.#viewers.delete(viewer);
  }

  /** The connections of this login. */
  of(session: string): readonly Viewer[] {
    return this.all.filter((viewer) => viewer.admission.session === session);
  }

  /** What each of those that have joined decodes, without those of one login. */
  decodes(without?: string): readonly (readonly string[])[] {
    return this.all
      .filter((viewer) => viewer.isLive && viewer.admission.session !== without)
      .map((viewer) => viewer.settings?.decodes ?? []);
  }

  /** The newest connection of the one who has control. */
  get controller(): Viewer | undefined {
    return this.all.findLast(
      (viewer) => viewer.isLive && this.#lease.isHeldBy(viewer.admission.session),
    );
  }

  /** Whose link the encoder follows: that of the one who has control, else of the one who has been here longest. */
  get driver(): Viewer | undefined {
    let first: Viewer | undefined;
    for (const viewer of this.#viewers) {
      if (!viewer.isLive || viewer.settings?.isVideoShown === false) continue;
      if (this.#lease.isHeldBy(viewer.admission.session)) return viewer;
      first ??= viewer;
    }
    return first;
  }
}
