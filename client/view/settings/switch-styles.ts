import { css } from 'lit';

/** Styles of what is on or off. */
export const switchStyles = css`
  .switch {
    display: flex;
    align-items: center;
    gap: 8px;
    min-height: 30px;
    cursor: pointer;
  }

  .switch .label {
    flex: 1;
    font-weight: 550;
  }

  .switch input {
    position: relative;
    flex: none;
    width: 42px;
    height: 24px;
    margin: 0;
    border-radius: 99px;
    background: var(--line-strong);
    appearance: none;
    cursor: pointer;
    transition: background-color 140ms ease;
  }

  .switch input::before {
    position: absolute;
    top: 3px;
    left: 3px;
    width: 18px;
    height: 18px;
    border-radius: 50%;
    background: var(--text);
    content: '';
    transition: transform 140ms ease;
  }

  .switch input:checked {
    background: var(--accent);
  }

  .switch input:checked::before {
    background: var(--on-accent);
    transform: translateX(18px);
  }

  .switch input:disabled {
    cursor: default;
    opacity: 0.5;
  }

  @media (pointer: coarse) {
    .switch {
      min-height: 44px;
    }
  }
`;
