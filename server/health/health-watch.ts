import { BEAT_MS, GatewayHealth, type Vitals } from './gateway-health.ts';

/** The gateway's health and the timer that keeps it up to date. */
export interface HealthWatch {
  readonly core: GatewayHealth;
  /** Looks no more. */
  close(): void;
}

/** Looks at the vitals now and from now on. */
export function watchHealth(vitals: () => Vitals): HealthWatch {
  const core = new GatewayHealth();
  const beat = (): void => core.beat(vitals(), performance.now());
  beat();
  const timer = setInterval(beat, BEAT_MS);
  return { core, close: () => clearInterval(timer) };
}
