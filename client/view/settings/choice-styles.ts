import { css } from 'lit';

/** Styles of a choice of one: a list, segments side by side, cards with a line of their own. */
export const choiceStyles = css`
  select {
    width: 100%;
    min-height: 40px;
    padding: 0 36px 0 12px;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background:
      linear-gradient(45deg, transparent 50%, var(--text-soft) 50%) right 18px center / 5px 5px
        no-repeat,
      linear-gradient(135deg, var(--text-soft) 50%, transparent 50%) right 13px center / 5px 5px
        no-repeat,
      var(--page);
    color: var(--text);
    font: inherit;
    font-size: 0.93rem;
    text-overflow: ellipsis;
    appearance: none;
    cursor: pointer;
  }

  select:disabled {
    cursor: default;
    opacity: 0.55;
  }

  .segments {
    display: flex;
    gap: 2px;
    padding: 3px;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--page);
  }

  .segments label {
    position: relative;
    display: grid;
    flex: auto;
    place-items: center;
    min-height: 38px;
    padding: 0 6px;
    border-radius: 9px;
    color: var(--text-soft);
    cursor: pointer;
    font-size: 0.85rem;
    font-weight: 550;
    text-align: center;
    transition: background-color 140ms ease;
  }

  .segments label:hover {
    color: var(--text);
  }

  .segments label:has(:checked) {
    background: var(--hover);
    color: var(--text);
  }

  .segments input,
  .cards input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: pointer;
  }

  .segments label:has(:focus-visible),
  .cards label:has(:focus-visible) {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
  }

  .segments:has(:disabled) label,
  .cards:has(:disabled) label {
    cursor: default;
  }

  .segments :disabled,
  .cards :disabled {
    cursor: default;
  }

  .segments:has(:disabled),
  .cards:has(:disabled) {
    opacity: 0.6;
  }

  .cards {
    display: grid;
    gap: 6px;
  }

  .cards label {
    position: relative;
    display: grid;
    grid-template-columns: 18px 1fr;
    gap: 1px 11px;
    padding: 10px 12px;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--page);
    cursor: pointer;
    transition:
      border-color 140ms ease,
      background-color 140ms ease;
  }

  .cards label:hover {
    background: var(--raised);
  }

  .cards label:has(:checked) {
    border-color: var(--accent);
    background: var(--raised);
  }

  .cards .dot {
    width: 16px;
    height: 16px;
    margin-top: 3px;
    border: 1.5px solid var(--line-strong);
    border-radius: 50%;
  }

  .cards :checked ~ .dot {
    border: 5px solid var(--accent);
  }

  .cards .name {
    font-weight: 550;
  }

  .cards .detail {
    grid-column: 2;
    color: var(--text-soft);
    font-size: 0.84rem;
    line-height: 1.4;
  }

  @media (pointer: coarse) {
    .segments label,
    select {
      min-height: 44px;
    }
  }
`;
