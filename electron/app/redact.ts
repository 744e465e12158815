/** Takes out of a log line what must never be in a log, whoever wrote it: the last line of defence, not the first. Pure. */

const RULES: readonly (readonly [RegExp, string])[] = [
  // Password hashes: bcrypt, argon2, scrypt, pbkdf2 and their like.
  [/\$(?:2[abxy]?|argon2(?:id?|d)|scrypt|pbkdf2[\w-]*|[156])\$[^\s"'`,;}\]]+/g, "[hash]"],
  [/\b(?:pbkdf2|scrypt|argon2)[\w-]*:[^\s"'`,;}\]]+/gi, "[hash]"],
  // Before e-mail addresses: user:password@host looks like one.
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, "$1[key]@"],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, "$1 [key]"],
  [/((?:x-chroma-token|api[_-]?key|token|password|passphrase|secret|authorization)["']?\s*[:=]\s*["']?)(?!\[key\]|(?:Bearer|Basic)\s)[^\s"',;}]+/gi, "$1[key]"],
  // JSON in base64, of any length: the variable, and signed tokens.
  [/\b(?:W3si|eyJ)[A-Za-z0-9+/_.-]{8,}={0,2}/g, "[encoded]"],
  // Keys as services hand them out: Chroma Cloud, Render and their like.
  [/\b(?:sk|ck|rnd|tok|key)[-_][A-Za-z0-9_-]{16,}/g, "[key]"],
  [/[^\s"'`<>()[\]{},:;=@\\/]+@(?:[\w-]+\.)+[a-z]{2,}/gi, "[e-mail]"],
];

/** The variable, vectors, keys: long runs of base64 or hex. Checksums of 64 characters stay. */
const LONG_TEXT = /[A-Za-z0-9+/_-]{80,}={0,2}/g;

export function redact(text: string): string {
  return RULES.reduce((line, [pattern, instead]) => line.replace(pattern, instead), text).replace(LONG_TEXT, (run) => (isPath(run) ? run : "[long text]"));
}

/** In base64 one character of 64 is a slash; the names in a path are shorter. */
function isPath(run: string): boolean {
  return run.split("/").length - 1 > run.length / 24;
}
