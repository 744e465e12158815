/** Passphrases given in this window, by backup: asked once for looking, comparing and bringing back. They are gone with the window. */
const given = new Map<string, string>();

const keyOf = (siteId: string, name: string): string => `${siteId} ${name}`;

export function passphraseOf(siteId: string, name: string): string | null {
  return given.get(keyOf(siteId, name)) ?? null;
}

export function keepPassphrase(siteId: string, name: string, passphrase: string): void {
  given.set(keyOf(siteId, name), passphrase);
}

export function forgetPassphrase(siteId: string, name: string): void {
  given.delete(keyOf(siteId, name));
}
