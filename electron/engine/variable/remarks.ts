/** What was mended in a pasted value before it could be read: codes for machines, sentences for the owner. */

const remarks = {
  name_in_front: { message: "The name in front of it was left out. It belongs in an .env file, not in a value field.", siteStumbles: false },
  from_env_file: { message: "It was picked out of a file with other variables.", siteStumbles: false },
  quotes: { message: "The quotation marks around it were left out.", siteStumbles: false },
  curly_quotes: { message: "The typographic quotation marks around it were left out.", siteStumbles: true },
  line_breaks: { message: "Line breaks inside it were taken out.", siteStumbles: false },
  spaces: { message: "Spaces inside it were taken out.", siteStumbles: false },
  invisible_characters: { message: "Invisible characters were taken out.", siteStumbles: true },
  percent_signs: { message: "Signs that were written for a web address were turned back.", siteStumbles: true },
  url_alphabet: { message: "It was written with the signs for web addresses (- and _) and was turned back.", siteStumbles: true },
  end_signs: { message: "The = signs at its end were put right.", siteStumbles: true },
  encoded_twice: { message: "It was encoded more than once.", siteStumbles: true },
  not_encoded: { message: "It was not encoded.", siteStumbles: true },
  whole_backup: { message: "It holds a whole backup file instead of the accounts alone.", siteStumbles: true },
} as const satisfies Record<string, { message: string; siteStumbles: boolean }>;

type RemarkCode = keyof typeof remarks;

export interface Remark {
  readonly code: RemarkCode;
  /** One sentence for the owner, past tense. */
  readonly message: string;
  /** The site's own decoder, which mends less than we do, would not read the value as it was pasted. */
  readonly siteStumbles: boolean;
}

/** Collects each remark once, in the order found. */
export interface RemarkList {
  add(code: RemarkCode): void;
  all(): readonly Remark[];
}

export function createRemarkList(): RemarkList {
  const codes = new Set<RemarkCode>();
  return {
    add: (code) => void codes.add(code),
    all: () => Array.from(codes, (code) => ({ code, ...remarks[code] })),
  };
}
