/** Who made a backup: name and version, from package.json. */
import { createRequire } from "node:module";
import { z } from "zod";

// Found by its name, so that it is the same file from the sources and from dist.
const { name, version } = z.object({ name: z.string(), version: z.string() }).parse(createRequire(import.meta.url)("account-keeper/package.json"));

export const VERSION = version;
export const PROGRAM = `${name} ${version}`;
