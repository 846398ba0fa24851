/** Moves the focus into the list: to the first question, else to the list's Tab stop. */
export function focusList(): void {
  document
    .querySelector<HTMLElement>(
      'li[data-question], [data-agent][tabindex="0"], [data-group][tabindex="0"]',
    )
    ?.focus();
}
