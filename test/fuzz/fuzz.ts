/** Runs mutated files of the corpus through their readers. Each input depends on the seed and its own number alone, so any of them can be run again by itself. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isKeeperError } from "../../shared/errors.ts";
import { mutate, pick, randomFor } from "./mutate.ts";
import { emptied, READERS } from "./readers.ts";

export interface FuzzOptions {
  readonly corpus: string;
  /** Wiped again and again. */
  readonly folder: string;
  readonly seed: number;
  /** The number of the first input. */
  readonly from: number;
  readonly count: number;
  /** Called before each input. */
  readonly onInput?: (input: number) => void;
}

interface Finding {
  readonly input: number;
  readonly file: string;
  readonly reader: string;
  readonly what: string;
}

export interface FuzzReport {
  readonly findings: readonly Finding[];
  /** How often each ending was seen: "read", or the code of the refusal. */
  readonly endings: Readonly<Record<string, number>>;
}

/** No error may hold any of it. */
const SECRET = "made-up-secret";
/** These name the id, and in a mutated file anything may stand where the id does. */
const NAMING_IDS: readonly string[] = ["ACCOUNT_WITHOUT_EMAIL", "DUPLICATE_ID"];
const MAX_FINDINGS = 20;

export async function fuzz({ corpus, folder, seed, from, count, onInput }: FuzzOptions): Promise<FuzzReport> {
  const names = Object.keys(READERS);
  const files = new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(corpus, name))] as const)));
  const endings = new Map<string, number>();
  const findings: Finding[] = [];
  const prototypes = prototypeKeys();
  let needsEmptying = true;
  for (let input = from; input < from + count && findings.length < MAX_FINDINGS; input += 1) {
    onInput?.(input);
    const random = randomFor(seed, input);
    const file = pick(names, random);
    const reader = pick(READERS[file] ?? [], random);
    const bytes = mutate(files.get(file) ?? Buffer.alloc(0), files.get(pick(names, random)) ?? Buffer.alloc(0), random);
    if (needsEmptying) await emptied(folder);
    needsEmptying = reader.length === 2;
    const ending = await endOf(async () => await reader(bytes, folder));
    endings.set(ending.name, (endings.get(ending.name) ?? 0) + 1);
    const what = ending.finding ?? (prototypeKeys() === prototypes ? null : "a prototype was changed");
    if (what !== null) findings.push({ input, file, reader: reader.name, what });
  }
  return { findings, endings: Object.fromEntries([...endings].sort()) };
}

async function endOf(run: () => Promise<void>): Promise<{ name: string; finding: string | null }> {
  try {
    await run();
    return { name: "read", finding: null };
  } catch (error) {
    if (!isKeeperError(error)) return { name: "untyped", finding: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    const said = `${error.message} ${error.hint ?? ""}`;
    return { name: error.code, finding: error.code === "INTERNAL" || (said.includes(SECRET) && !NAMING_IDS.includes(error.code)) ? `${error.code}: ${said}` : null };
  }
}

function prototypeKeys(): string {
  return [Object, Array, Function, String, Map].map((type) => Object.getOwnPropertyNames(type.prototype).join()).join(";");
}
