import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { checkDroppedFile } from "../../../electron/desktop/dropped-file.ts";
import { commandNames, FILE_CHANNEL } from "../../../shared/channels.ts";
import { errorOf, tempFolder } from "../backup/make-backup.ts";

const noFile = { code: "BAD_REQUEST", message: "This is no file of this computer.", retryable: false };

test("a plain file passes, and a link to one", async () => {
  const folder = await tempFolder();
  const [file, link] = [join(folder, "a.json"), join(folder, "link.json")];
  await writeFile(file, "{}");
  await symlink(file, link);
  expect([await checkDroppedFile(file), await checkDroppedFile(link)]).toEqual([file, link]);
});

test("everything else does not, and the owner's sentence tells nothing of it", async () => {
  const folder = await tempFolder();
  const file = join(folder, "a.json");
  await writeFile(file, "{}");
  await mkdir(join(folder, "folder.json"));
  await symlink(join(folder, "gone"), join(folder, "dangling.json"));
  const others: unknown[] = [join(folder, "folder.json"), join(folder, "missing.json"), join(folder, "dangling.json"), join(file, "inside"), relative(process.cwd(), file), "a.json", "", "/dev/null", `${file}\0.txt`, `file://${file}`, null, undefined, 7, [file], { path: file }, { toString: () => file }];
  for (const path of others) expect(await errorOf(async () => await checkDroppedFile(path))).toMatchObject(noFile);
});

test("the channel is no command", () => {
  expect(commandNames).not.toContain(FILE_CHANNEL);
});
