/** Where one comes into the list from elsewhere: what waits for an answer, else the one stop for Tab. */
export function focusList(): void {
  document
    .querySelector<HTMLElement>(
      'li[data-question], [data-agent][tabindex="0"], [data-group][tabindex="0"]',
    )
    ?.focus();
}
