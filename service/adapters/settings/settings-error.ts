/** Settings of another program can't be changed. The message says what is wrong and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
