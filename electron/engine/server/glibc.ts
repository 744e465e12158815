/**
 * How to start Node so that the native Chroma server can load. It needs glibc 2.39; on an older Linux a newer glibc of Debian is
 * unpacked into a cache folder and Node is started through its loader. Never installs anything or touches the system's own files.
 */
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import envPaths from "env-paths";
import { KeeperError } from "../../../shared/errors.ts";
import { throwIfCancelled } from "../../../shared/progress.ts";
import { ensureFolder } from "../vault/atomic.ts";
import { debianSources, type DebianSource } from "./debian-mirror.ts";

const run = promisify(execFile);

/** What decides whether and how the bundled server can run; a parameter so that tests can be on another machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Of the running Node; undefined where there is none (Windows, macOS, musl). */
  readonly glibcVersion: string | undefined;
  readonly cacheFolder: string;
  /** Environment for apt-get and dpkg-deb. */
  readonly env: NodeJS.ProcessEnv;
  /** The path of the Node executable. */
  readonly node: string;
}

/** The command that stands for `node`, with the arguments that come before the script. */
export interface NodeCommand {
  readonly command: string;
  readonly args: readonly string[];
}

interface Architecture {
  readonly debian: string;
  readonly triplet: string;
  readonly loader: string;
}

const neededGlibc = [2, 39] as const;
const release = "trixie";
const packages = ["libc6", "libstdc++6", "libgcc-s1"];
const neededFiles = ["libc.so.6", "libm.so.6", "libstdc++.so.6", "libgcc_s.so.1"];
const downloadTimeoutMs = 180_000;
const abandonedAfterMs = 3_600_000;

const architectures: Readonly<Record<string, Architecture>> = {
  x64: { debian: "amd64", triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" },
  arm64: { debian: "arm64", triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" },
};

/** The machine this process runs on. The cache folder is the user's own, or the one `ACCOUNT_KEEPER_CACHE` names. */
export function thisMachine(): Machine {
  return {
    platform: process.platform,
    arch: process.arch,
    glibcVersion: process.platform === "linux" ? runningGlibc() : undefined,
    cacheFolder: process.env["ACCOUNT_KEEPER_CACHE"] || envPaths("account-keeper", { suffix: "" }).cache,
    env: process.env,
    node: process.execPath,
  };
}

/**
 * Finds the command that starts Node with a glibc that is new enough, downloading one first where needed (4 MB, about 10 s, once).
 * Aborting `signal` throws CANCELLED and leaves nothing behind. Throws BUNDLED_SERVER_UNAVAILABLE where it cannot be done.
 * What stays on disk is one folder in the cache, complete or absent; any number of processes may prepare it at once.
 */
export async function findNodeCommand(machine: Machine, signal?: AbortSignal): Promise<NodeCommand> {
  if (machine.platform !== "linux" || isNewEnough(machine.glibcVersion)) return { command: machine.node, args: [] };
  const architecture = architectures[machine.arch];
  if (machine.glibcVersion === undefined || architecture === undefined) {
    throw unavailable("The built-in Chroma server is not made for this kind of computer.", `${machine.platform} ${machine.arch} glibc ${String(machine.glibcVersion)}`);
  }
  const libraries = join(machine.cacheFolder, `glibc-${release}-${architecture.debian}`);
  if (!(await isComplete(libraries, architecture))) await prepare(libraries, architecture, machine, signal);
  return nodeThrough(libraries, architecture, machine);
}

function nodeThrough(libraries: string, architecture: Architecture, machine: Machine): NodeCommand {
  return { command: join(libraries, architecture.loader), args: ["--library-path", libraries, machine.node] };
}

async function prepare(libraries: string, architecture: Architecture, machine: Machine, signal: AbortSignal | undefined): Promise<void> {
  throwIfCancelled(signal);
  let work: string;
  try {
    await ensureFolder(machine.cacheFolder);
    await removeAbandoned(libraries);
    work = await mkdtemp(`${libraries}.partial-`);
  } catch (error) {
    throw unavailable("The built-in Chroma server needs a folder to keep some files in, and it cannot be written.", error, `Make ${machine.cacheFolder} writable or name another folder in ACCOUNT_KEEPER_CACHE; or give`);
  }
  try {
    const unpacked = await downloadFromFirst(await debianSources(), work, architecture, machine, signal);
    // A loader that cannot start Node here (no-exec folder, other kernel) must not be cached.
    const { command, args } = nodeThrough(unpacked, architecture, machine);
    await run(command, [...args, "--version"], { signal });
    await putInPlace(unpacked, libraries, architecture);
  } catch (error) {
    throwIfCancelled(signal);
    if (isMissingProgram(error)) throw unavailable("The built-in Chroma server needs a newer Linux than this one.", error);
    throw unavailable("The built-in Chroma server needs a newer Linux than this one, and the missing parts could not be downloaded.", error, "Check the internet connection and try again; or give");
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadFromFirst(sources: DebianSource[], work: string, architecture: Architecture, machine: Machine, signal: AbortSignal | undefined): Promise<string> {
  const failures: unknown[] = [];
  for (const [index, source] of sources.entries()) {
    try {
      return await download(source, join(work, String(index)), architecture, machine, signal);
    } catch (error) {
      if (signal?.aborted === true || isMissingProgram(error)) throw error;
      failures.push(error);
    }
  }
  throw new AggregateError(failures, "No Debian mirror worked.");
}

/** Downloads (apt checks signature and digests) and unpacks; returns the folder with the libraries. */
async function download(source: DebianSource, folder: string, architecture: Architecture, machine: Machine, signal: AbortSignal | undefined): Promise<string> {
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ["lists/partial", "cache/archives/partial", "packages", "root"]) await mkdir(at(name), { recursive: true });
  await writeFile(at("debian.sources"), sourcesFile(source));
  await writeFile(at("status"), "");
  await writeFile(at("apt.conf"), aptConfiguration(at, architecture));
  const options = { cwd: at("packages"), env: { ...machine.env, LC_ALL: "C" }, signal, timeout: downloadTimeoutMs, maxBuffer: 16 * 1024 * 1024 };
  await run("apt-get", ["-q", `-c=${at("apt.conf")}`, "update"], options);
  await run("apt-get", ["-q", `-c=${at("apt.conf")}`, "download", ...packages], options);
  for (const name of await readdir(at("packages"))) await run("dpkg-deb", ["-x", at("packages", name), at("root")], options);
  const libraries = at("root", "usr", "lib", architecture.triplet);
  if (!(await isComplete(libraries, architecture))) throw new Error(`The packages of ${source.uri} lack what is needed.`);
  return libraries;
}

function sourcesFile({ uri, signedBy }: DebianSource): string {
  return [
    "Types: deb",
    `URIs: ${uri}`,
    `Suites: ${release}`,
    "Components: main",
    "Targets: Packages",
    "PDiffs: no",
    ...(signedBy === undefined ? [] : [`Signed-By: ${signedBy}`]),
    "",
  ].join("\n");
}

/** Given with `-c`, which apt reads after the system's own settings: proxies stay, while hooks, pins and every place it writes to are ours. */
function aptConfiguration(at: (...names: string[]) => string, architecture: Architecture): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "${architecture.debian}";
APT::Architectures { "${architecture.debian}"; };
APT::Sandbox::User "root";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
Dir::Etc::sourcelist "${at("debian.sources")}";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State::lists "${at("lists")}";
Dir::State::status "${at("status")}";
Dir::Cache "${at("cache")}";
`;
}

/** One rename: other processes see the whole folder or none. Losing the race to one of them is as good as winning it. */
async function putInPlace(unpacked: string, libraries: string, architecture: Architecture): Promise<void> {
  if (await isComplete(libraries, architecture)) return;
  // A folder that is there but incomplete (someone cleaned parts of it) would be in the way.
  await rm(libraries, { recursive: true, force: true });
  try {
    await rename(unpacked, libraries);
  } catch (error) {
    if (!(await isComplete(libraries, architecture))) throw error;
  }
}

async function isComplete(libraries: string, architecture: Architecture): Promise<boolean> {
  try {
    await Promise.all([architecture.loader, ...neededFiles].map((name) => access(join(libraries, name))));
    return true;
  } catch {
    return false;
  }
}

/** Removes what a process killed in the middle left; a folder still in use is younger than that. */
async function removeAbandoned(libraries: string): Promise<void> {
  for (const name of await readdir(dirname(libraries))) {
    if (!name.startsWith(`${basename(libraries)}.partial-`)) continue;
    const path = join(dirname(libraries), name);
    const age = await stat(path).then(({ mtimeMs }) => Date.now() - mtimeMs, () => 0);
    if (age > abandonedAfterMs) await rm(path, { recursive: true, force: true });
  }
}

function unavailable(message: string, cause: unknown, hintStart = "Give"): KeeperError {
  return new KeeperError("BUNDLED_SERVER_UNAVAILABLE", message, {
    hint: `${hintStart} the address of a running Chroma server with --url or CHROMA_URL, or use a newer system such as Debian 13 or Ubuntu 24.04.`,
    cause,
  });
}

function isMissingProgram(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT" && "syscall" in error && String(error.syscall).startsWith("spawn");
}

function isNewEnough(version: string | undefined): boolean {
  const [major = 0, minor = 0] = (version ?? "").split(".").map(Number);
  return major > neededGlibc[0] || (major === neededGlibc[0] && minor >= neededGlibc[1]);
}

function runningGlibc(): string | undefined {
  // The network part of the report looks up host names and can take seconds.
  // `excludeNetwork` is younger than the type declarations.
  const before: unknown = Reflect.get(process.report, "excludeNetwork");
  Reflect.set(process.report, "excludeNetwork", true);
  try {
    const report: unknown = process.report.getReport();
    const header = typeof report === "object" && report !== null && "header" in report ? report.header : undefined;
    const version = typeof header === "object" && header !== null && "glibcVersionRuntime" in header ? header.glibcVersionRuntime : undefined;
    return typeof version === "string" ? version : undefined;
  } finally {
    Reflect.set(process.report, "excludeNetwork", before);
  }
}
