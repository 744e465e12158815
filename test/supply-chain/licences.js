/** npm run licences: what reaches an owner's computer, and under which licence. Exit code 1 when one of them must not. */
import console from "node:console";
import process from "node:process";
import { URL } from "node:url";
import { complaints, shippedPackages } from "./shipped.js";

const shipped = shippedPackages(new URL("../../", import.meta.url));
for (const { name, entry } of shipped) console.log(`${(entry.license ?? "unknown").padEnd(16)}${name} ${entry.version ?? ""}`);
const wrong = complaints(shipped);
for (const sentence of wrong) console.error(sentence);
console.log(wrong.length === 0 ? `All ${shipped.length} packages are well.` : `${wrong.length} complaints.`);
process.exitCode = wrong.length === 0 ? 0 : 1;
