/** Takes out of a log line what must never be in a log, whoever wrote it: the last line of defence, not the first. Pure. */

const RULES: readonly (readonly [RegExp, string])[] = [
  // Password hashes, of the kinds that begin with a name. What is only hex is known by its member's name, below.
  [/(?:\$?\b(?:pbkdf2|scrypt|argon2|bcrypt)[\w-]*[$:]|\b(?:sha\d{1,3}|md5)\$|\$(?:2[abxy]?|[156])\$)[^\s"'`;}\]]+/gi, "[hash]"],
  // Before e-mail addresses: user:password@host looks like one.
  [/(\b[a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"']{1,500}@/gi, "$1[key]@"],
  [/\b(Bearer|Basic)\s+[^\s"',;]+/gi, "$1 [key]"],
  // In quotes up to their end; in JSON inside JSON these are escaped.
  [/((?:x-chroma-token|api[_-]?key|token|password|passphrase|secret|authorization)(?:[_-]?hash)?\\*["']?\s*[:=]\s*)(?:(\\*["'])(?:(?!\2).)*\2?|(?!\[key\]|(?:Bearer|Basic)\s)[^\s"',;}]+)/gi, "$1$2[key]$2"],
  // JSON in base64, of any length: the variable, and signed tokens.
  [/\b(?:W3si|eyJ)[A-Za-z0-9+/_.-]{8,}={0,2}/g, "[encoded]"],
  // Keys as services hand them out: Chroma Cloud, Render and their like.
  [/\b(?:sk|ck|rnd|tok|key)[-_][A-Za-z0-9_-]{16,}/g, "[key]"],
  [/[^\s"'`<>()[\]{},:;=@\\/]{1,64}(?:@|%40)(?:[\p{L}\p{N}_-]+\.)+\p{L}{2,}/giu, "[e-mail]"],
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
