import { css } from 'lit';

/** Styles of the screen; see desktop-screen.ts. */
export const desktopScreenStyles = css`
  :host {
    position: fixed;
    inset: 0;
    background: var(--page);
  }

  .sound {
    position: absolute;
    z-index: 2;
    bottom: max(20px, env(safe-area-inset-bottom));
    left: 50%;
    min-height: 40px;
    border-radius: 99px;
    background: rgb(27 32 41 / 92%);
    box-shadow: var(--shadow);
    font-size: 0.9rem;
    white-space: nowrap;
    transform: translateX(-50%);
    backdrop-filter: blur(18px);
  }

  .sound svg {
    width: 18px;
    height: 18px;
    color: var(--accent);
  }
`;
