import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { debianSources, parseLines, parseStanzas } from "../../../electron/engine/server/debian-mirror.ts";

describe("deb822 sources", () => {
  test("finds the Debian stanza among others", () => {
    const text = `# made by the installer
Types: deb deb-src
# a comment inside a stanza
URIs: http://mirror.example/debian/
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/some.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Types: deb
URIs: https://other.example/node
Suites: nodistro
Components: main
`;
    expect(parseStanzas(text)).toEqual([{ uri: "http://mirror.example/debian/", signedBy: "/usr/share/keyrings/some.gpg" }]);
  });

  test("understands continued lines, several mirrors and a key written into the stanza", () => {
    const text = `Types: deb
URIs: http://a.example/debian
 http://b.example/debian
Suites: stable
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mQINBF
 -----END PGP PUBLIC KEY BLOCK-----`;
    expect(parseStanzas(text)).toEqual([
      { uri: "http://a.example/debian", signedBy: undefined },
      { uri: "http://b.example/debian", signedBy: undefined },
    ]);
  });

  test.each(["Enabled: no", "Types: deb-src"])("passes over a stanza with %s", (line) => {
    expect(parseStanzas(`Types: deb\nURIs: http://a.example/debian\nSuites: trixie\nComponents: main\n${line}`)).toEqual([]);
  });
});

describe("one-line sources", () => {
  test("reads options, components and comments", () => {
    const text = `# deb http://off.example/debian bookworm main
deb [arch=amd64 signed-by=/etc/apt/keyrings/d.gpg] http://a.example/debian bookworm main non-free # ours
deb-src http://src.example/debian bookworm main
deb http://b.example/debian bullseye main
deb https://pkgs.example/apt cloud-sdk-bookworm main
deb https://docker.example/linux/debian bookworm stable
deb cdrom:[Debian]/ bookworm main`;
    expect(parseLines(text)).toEqual([
      { uri: "http://a.example/debian", signedBy: "/etc/apt/keyrings/d.gpg" },
      { uri: "http://b.example/debian", signedBy: undefined },
    ]);
  });
});

describe("the machine's sources", () => {
  async function aptFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "account-keeper-test-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  test("come in order, without repeats, and end with the official mirror", async () => {
    const folder = await aptFolder();
    await writeFile(join(folder, "sources.list"), "deb http://a.example/debian bookworm main\n");
    await mkdir(join(folder, "sources.list.d"));
    await writeFile(join(folder, "sources.list.d", "x.sources"), "Types: deb\nURIs: http://a.example/debian/ http://b.example/debian\nSuites: sid\nComponents: main\n");
    await writeFile(join(folder, "sources.list.d", "ignored.save"), "deb http://c.example/debian bookworm main\n");
    expect((await debianSources(folder)).map(({ uri }) => uri)).toEqual(["http://a.example/debian", "http://b.example/debian", "http://deb.debian.org/debian"]);
  });

  test("are the official mirror alone where apt has none", async () => {
    expect((await debianSources(join(await aptFolder(), "missing"))).map(({ uri }) => uri)).toEqual(["http://deb.debian.org/debian"]);
  });
});
