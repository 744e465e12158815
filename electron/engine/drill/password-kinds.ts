/**
 * What a stored password looks like, by the kinds that sites in Python and Node use. Knows shapes only: a hash that was
 * cut off or is no hash at all is told, whose password it is never.
 */

const ROUNDS = String.raw`\d+`;
/** Base64 in its usual alphabet and in passlib's, whose "+" is ".". */
const BASE64 = "[A-Za-z0-9+/.]";
const SALT = String.raw`[^\s$:]+`;
const HEX_OF = { sha1: "[0-9a-f]{40}", sha256: "[0-9a-f]{64}", sha512: "[0-9a-f]{128}" } as const;
const SHA256_OR_512 = `(?:${HEX_OF.sha256}|${HEX_OF.sha512})`;

const KINDS: readonly RegExp[] = [
  // bcrypt, and Django's name before it.
  /^(?:bcrypt\$)?\$2[aby]\$(?:0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}$/,
  // bcrypt over SHA-256: passlib, Django.
  /^\$bcrypt-sha256\$(?:v=2,t=2[aby],r=\d+|2[aby],\d+)\$[./A-Za-z0-9]{22}\$[./A-Za-z0-9]{31}$/,
  /^bcrypt_sha256\$\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/,
  // argon2: a salt of 8 bytes and a hash of 12 are the least the algorithm allows.
  /^(?:argon2)?\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+(?:,(?:keyid|data)=[A-Za-z0-9+/]*)*\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/,
  // scrypt: werkzeug, then passlib and the PHC form, then Django.
  new RegExp(`^scrypt:${ROUNDS}:${ROUNDS}:${ROUNDS}\\$${SALT}\\$${HEX_OF.sha512}$`, "i"),
  new RegExp(`^\\$scrypt\\$ln=${ROUNDS},r=${ROUNDS},p=${ROUNDS}\\$${BASE64}+=*\\$${BASE64}{22,}=*$`),
  /^scrypt\$\d+\$[^\s$]+\$\d+\$\d+\$[A-Za-z0-9+/]{86}==$/,
  // pbkdf2: werkzeug, passlib and PHC, Django.
  ...(["sha1", "sha256", "sha512"] as const).map((hash) => new RegExp(`^pbkdf2:${hash}(?::${ROUNDS})?\\$${SALT}\\$${HEX_OF[hash]}$`, "i")),
  new RegExp(`^\\$pbkdf2(?:-sha1)?\\$(?:i=)?${ROUNDS}(?:,l=${ROUNDS})?\\$${BASE64}*\\$${BASE64}{27}$`),
  new RegExp(`^\\$pbkdf2-sha256\\$(?:i=)?${ROUNDS}(?:,l=${ROUNDS})?\\$${BASE64}*\\$${BASE64}{43}$`),
  new RegExp(`^\\$pbkdf2-sha512\\$(?:i=)?${ROUNDS}(?:,l=${ROUNDS})?\\$${BASE64}*\\$${BASE64}{86}$`),
  /^pbkdf2_sha(?:1\$\d+\$[^\s$]+\$[A-Za-z0-9+/]{27}|256\$\d+\$[^\s$]+\$[A-Za-z0-9+/]{43})=$/,
  // Plain SHA-256 or SHA-512 in hex, with a salt on either side of it.
  new RegExp(`^${SHA256_OR_512}$`, "i"),
  new RegExp(`^(?:sha(?:256|512)\\$)?${SALT}[:$]${SHA256_OR_512}$`, "i"),
  new RegExp(`^${SHA256_OR_512}[:$]${SALT}$`, "i"),
];

/** Whether `stored` has the shape of a password hash that was kept whole. */
export function looksLikePasswordHash(stored: string): boolean {
  return KINDS.some((kind) => kind.test(stored));
}
