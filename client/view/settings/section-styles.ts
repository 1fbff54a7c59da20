import { css } from 'lit';

/** Styles that all sections of the settings share. */
export const section = css`
  :host {
    display: block;
  }

  h3 {
    margin: 0 0 12px;
    color: var(--text-soft);
    font-size: 0.8rem;
    font-weight: 600;
    letter-spacing: 0.04em;
    text-transform: uppercase;
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
