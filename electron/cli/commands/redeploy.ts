/** `account-keeper redeploy`: asks, has Render deploy, and stays until everyone is there again. */
import { isKeeperError, KeeperError, toErrorValue } from "../../../shared/errors.ts";
import { grouped } from "../../../shared/grouped.ts";
import { noteActivity } from "../../engine/activity/activity-log.ts";
import { words } from "../../engine/activity/words.ts";
import { parseAddress } from "../../engine/chroma/address.ts";
import type { ServerSource } from "../../engine/chroma/source.ts";
import { readJournal, type RedeployJournal } from "../../engine/redeploy/journal.ts";
import { redeploySite } from "../../engine/redeploy/redeploy-site.ts";
import type { RedeployReport, RedeployRequest } from "../../engine/redeploy/redeploy.ts";
import { adviceFor, type Advice } from "../../engine/render/advice.ts";
import type { RenderService } from "../../engine/render/model.ts";
import type { RenderClient } from "../../engine/render/render-client.ts";
import { confirm } from "../ask.ts";
import type { OptionsOf } from "../command-options.ts";
import type { CliContext } from "../context.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { shown, type Output } from "../output.ts";
import { openWithPassphrase } from "../passphrase.ts";
import { findService, withRender } from "../render-options.ts";
import { inCliWords } from "../server-words.ts";
import { chooseServer } from "../source-options.ts";
import { countAccounts, shownIds } from "../words.ts";
import { resumeCommand } from "./resume-command.ts";

/** Exit code 3 when somebody is missing or something could not be done, 10 when there was nothing to resume, 130 after a no. */
export async function redeploy(context: CliContext, options: OptionsOf["redeploy"]): Promise<ExitCode> {
  const { output } = context;
  refuseOthers(options);
  const { source, collection: collectionName } = await chooseServer(options, context.env);
  const address = parseAddress(source.url).shown;
  const begun = await readJournal(options.out);
  if (begun === null && options.resume) return nothingBegun(output);
  return await withRender(context, options, async (render) => {
    // What was begun is finished also where Render no longer knows the service: the accounts come first.
    const mayBegin = !options.resume && (begun === null || begun.deployId === null);
    const service = mayBegin ? await findService(context, options, render) : null;
    if (service !== null && !(await mayDeploy(context, options, begun, service))) {
      output.say("Nothing was deployed.");
      return exitCodes.cancelled;
    }
    const serviceId = service?.id ?? begun?.serviceId ?? "";
    const report = await follow(context, options, { source, collectionName, folder: options.out, dimension: options.dimension, render, serviceId, resumeOnly: options.resume });
    if (report.outcome === "nothing_begun") return nothingBegun(output);
    await noteActivity(options.out, address, words.redeployed(report));
    // What was begun before may have been another service.
    const advice = await adviseOn(service?.id === report.serviceId ? service : null, render, report.serviceId ?? serviceId, context.signal);
    sayReport(output, report, advice);
    output.result(forMachines(report, advice));
    return report.missing.length > 0 || report.remarks.length > 0 ? exitCodes.doneWithProblems : exitCodes.done;
  });
}

function nothingBegun(output: Output): ExitCode {
  output.say("No redeploy was under way.");
  output.result({ outcome: "nothing_begun" });
  return exitCodes.nothingFound;
}

/** Said before anything is asked for that would not help. */
function refuseOthers({ folder, cloud }: OptionsOf["redeploy"]): void {
  if (folder !== undefined) throw new KeeperError("USAGE", "A data folder on this computer is not what Render deploys.", { hint: "Name your site's ChromaDB server with --url." });
  if (cloud === true) throw new KeeperError("USAGE", "Accounts in Chroma Cloud are not wiped by a redeploy at Render.", { hint: "Deploy in Render as always. account-keeper backup keeps a copy of them." });
}

async function mayDeploy({ output, prompt }: CliContext, { yes }: OptionsOf["redeploy"], begun: RedeployJournal | null, { name, plan, url }: RenderService): Promise<boolean> {
  if (begun !== null) output.say("It is not known whether Render began the last redeploy. We look first; where it did not, a new one begins.");
  const facts = [url, plan === null ? null : `${plan} plan`].filter((fact) => fact !== null).map(shown);
  output.say([`${shown(name)} at Render`, ...facts].join(", "));
  return await confirm(prompt, { question: `Redeploy ${shown(name)} at Render now?`, yes, flag: "--yes" });
}

/** Runs it; what ends it early is told with the way to go on. */
async function follow(context: CliContext, options: OptionsOf["redeploy"], request: RedeployRequest & { readonly source: ServerSource }): Promise<RedeployReport> {
  const { signal, progress } = context;
  const reword = inCliWords(request.source);
  try {
    return await openWithPassphrase(context, options.passphraseFile, async (passphrase) => {
      try {
        return await redeploySite({ ...request, passphrase, reword }, { signal, onProgress: progress.onProgress });
      } finally {
        progress.stop();
      }
    });
  } catch (error) {
    const { code, message, hint = "" } = toErrorValue(error);
    const known = isKeeperError(error) ? reword(error) : new KeeperError(code, message, { hint, cause: error });
    // Whoever opens the window later has to hear of it, in words that are no command's. Another one's is told by itself.
    if (known.code !== "CANCELLED" && known.code !== "BUSY") await noteActivity(options.out, parseAddress(request.source.url).shown, words.redeployFailed(error));
    // What ended it is the first thing to tell.
    throw withWayOn(known, await readJournal(options.out).catch(() => null), options);
  }
}

/** `left`: what is under way when it ended. */
function withWayOn(error: KeeperError, left: RedeployJournal | null, options: OptionsOf["redeploy"]): KeeperError {
  const isStopped = error.code === "CANCELLED";
  if (left === null) return isStopped ? new KeeperError("CANCELLED", "Stopped. Nothing was deployed.") : error;
  // Somebody else is following it.
  if (error.code === "BUSY") return error;
  const goOn = `Go on with: ${resumeCommand(options)}`;
  if (!isStopped) return new KeeperError(error.code, error.message, { hint: error.hint === undefined ? goOn : `${error.hint} ${goOn}`, cause: error });
  const deploy = left.deployId === null ? "Render may be deploying your site" : "Render goes on deploying your site";
  return new KeeperError("CANCELLED", `We have stopped looking. ${deploy}; the accounts from before are safe in the newest backup.`, { hint: `Whoever the deploy wipes is not brought back until you go on. ${goOn}` });
}

/** Worth a sentence, and not worth a failure. */
async function adviseOn(service: RenderService | null, render: RenderClient, serviceId: string, signal: AbortSignal): Promise<Advice | null> {
  try {
    return adviceFor(service ?? (await render.readService(serviceId, { signal })));
  } catch {
    return null;
  }
}

function sayReport(output: Output, report: RedeployReport, advice: Advice | null): void {
  const { message, hint, line } = words.redeployed(report);
  if (line !== undefined) output.say(line);
  if (report.resumed) output.say("The redeploy that was begun before is finished. Nothing was deployed anew.");
  output.say(message);
  if (hint !== undefined) output.say(hint);
  if (report.missing.length > 0) output.say(`Who: ${shownIds(report.missing)}`);
  sayVariable(output, report.variable);
  for (const remark of report.remarks) output.say(shown(remark));
  if (advice !== null) output.note(`${advice.message} ${advice.hint}`);
}

function sayVariable(output: Output, variable: RedeployReport["variable"]): void {
  if (variable.state === "not_eligible") output.say(`The variable is not used: ${variable.message}`);
  else if (variable.state !== "unknown") output.say(`The variable at Render holds ${countAccounts(variable.accounts)}: ${grouped(variable.length)} characters, checksum ${variable.checksum}.`);
}

function forMachines(report: RedeployReport, advice: Advice | null): Readonly<Record<string, unknown>> {
  const { outcome, accounts, restored, newcomers, missing, variable, resumed, remarks } = report;
  const time = (date: Date | null): string | null => date?.toISOString() ?? null;
  return {
    outcome,
    service: report.serviceId,
    deploy_id: report.deployId,
    resumed,
    accounts,
    accounts_on_site: report.accountsOnSite,
    restored,
    newcomers,
    missing,
    put_right: report.putRight,
    variable,
    remarks,
    started_at: time(report.startedAt),
    down_at: time(report.downAt),
    back_at: time(report.backAt),
    wiped_at: time(report.wipedAt),
    ended_at: time(report.endedAt),
    advice: advice === null ? null : { kind: advice.kind, message: advice.message, hint: advice.hint },
  };
}
