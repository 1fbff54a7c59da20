import { css } from 'lit';

/** Styles that all sections of the settings share. */
export const section = css`
  :host {
    display: block;
  }

  p {
    margin: 0 0 14px;
    color: var(--text-soft);
    font-size: 0.9rem;
    text-wrap: pretty;
  }

  :host > p:last-child,
  p.end {
    margin-bottom: 0;
  }

  .row {
    display: flex;
    align-items: baseline;
    justify-content: space-between;
    gap: 16px;
    margin-top: 14px;
  }

  .inset {
    display: grid;
    margin-top: 14px;
    padding: 14px;
    border: 1px solid var(--line);
    border-radius: 12px;
  }

  .value {
    color: var(--text-soft);
  }

  .button {
    width: 100%;
    font-size: 0.93rem;
  }

  .button svg {
    width: 18px;
    height: 18px;
  }

  kbd {
    padding: 1px 7px;
    border: 1px solid var(--line);
    border-radius: 6px;
    background: var(--raised);
    color: var(--text);
    font: 0.86em var(--mono);
  }
`;
