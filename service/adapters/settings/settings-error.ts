/** Settings of another program that are not as they must be to be changed. Says what is wrong and what to do. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}
