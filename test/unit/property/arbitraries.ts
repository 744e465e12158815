/** Accounts and records of every odd kind, as their JSON text: numbers keep the digits they were written with. */
import fc from "fast-check";
import type { AccountRecord } from "../../../electron/engine/record.ts";

const ODD_KEYS = ["", "__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "users", "account_keeper", "isLosslessNumber", "chroma:documents", "a\u0000b", "\ud800", "\u2028", '"', "\\"] as const;

/** Any UTF-16 text, halves of emoji too. */
export const anyText = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 }).map((units) => String.fromCharCode(...units)));
/** The id of a record: a lone half cannot be sent to a server, but stands in files. */
const anyKey = fc.oneof(fc.constantFrom(...ODD_KEYS), anyText);
/** Numbers as other writers spell them. */
const oddNumber = fc.constantFrom("0", "-0", "1.0", "1.50", "-0.0", "1E5", "1e+300", "1e-400", "9223372036854775807", "9007199254740993", "123456789012345678901234567890", "0.1000", "1e999");
/** As Python spells them itself. */
const pythonNumber = fc.oneof(fc.maxSafeInteger().map(String), fc.constantFrom("9223372036854775807", "123456789012345678901234567890", "1.0", "-0.0", "0.1", "1e+300", "1.5"));

type Text = fc.Arbitrary<string>;

function jsonText(number: Text, key: fc.Arbitrary<string>): Text {
  const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, anyText.map((text) => JSON.stringify(text)), number, fc.constantFrom("null", "true", "false"), tie("list"), tie("object")),
    list: fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(",")}]`),
    object: objectText(tie("value"), key),
  }));
  return value;
}

function objectText(value: Text, key: fc.Arbitrary<string>): Text {
  return fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name, maxLength: 4 }).map((members) => `{${members.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`);
}

/** The JSON text of any object. */
export const accountText: Text = objectText(jsonText(oddNumber, anyKey), anyKey);
/** One that Python writes again as it read it. */
export const pythonAccountText: Text = objectText(jsonText(pythonNumber, anyKey), anyKey);

const metadataText = objectText(fc.oneof(oddNumber, anyText.map((text) => JSON.stringify(text)), fc.constantFrom("true", "false")), anyKey);

const anyRecord: fc.Arbitrary<AccountRecord> = fc.record(
  {
    id: fc.oneof(fc.constantFrom("__proto__", "constructor", "a\nb"), anyText),
    document: fc.oneof(fc.constant(null), anyText, accountText),
    metadata: fc.oneof(fc.constant(null), metadataText),
    uri: fc.oneof(fc.constant(null), anyText),
    embedding: fc.oneof(fc.constant(null), fc.float32Array({ maxLength: 5, noNaN: true, noDefaultInfinity: true })),
  },
  { noNullPrototype: true },
);

/** Records of one site: no id twice. */
export const siteRecords = fc.uniqueArray(anyRecord, { selector: ({ id }) => id, maxLength: 6 });
