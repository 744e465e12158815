/** The command line that goes on with a redeploy, to copy. It holds what was typed, and no secret: no flag takes one. */
import type { OptionsOf } from "../command-options.ts";

export function resumeCommand(options: OptionsOf["redeploy"], platform = process.platform): string {
  const flags: readonly (readonly [string, string | undefined])[] = [
    ["--url", options.url],
    ["--collection", options.collection],
    ["--tenant", options.tenant],
    ["--database", options.database],
    ["--auth-file", options.authFile],
    ["--ca-file", options.caFile],
    ["--out", options.out],
    ["--dimension", options.dimension?.toString()],
    ["--render-key-file", options.renderKeyFile],
    ["--passphrase-file", options.passphraseFile],
  ];
  const typed = flags.flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${quoted(value, platform)}`]));
  return ["account-keeper redeploy --resume", ...typed].join(" ");
}

/** For a shell, where it needs to be. Both of Windows take double quotes, and no path there holds one. */
function quoted(word: string, platform: NodeJS.Platform): string {
  if (platform === "win32") return /^[\w@+=:,.\\/-]+$/.test(word) ? word : `"${word}"`;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
