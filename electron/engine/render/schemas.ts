/** The shape of Render's answers: what must be there, and how it becomes ours. More keys than these are no fault. */
import { z } from "zod";
import { deployStatuses, type DeployStatus, type RenderDeploy, type RenderEvent, type RenderService } from "./model.ts";

const time = z.string().refine((text) => !Number.isNaN(Date.parse(text)), "no time");

export const serviceSchema = z
  .object({
    id: z.string().min(1),
    name: z.string(),
    type: z.string(),
    dashboardUrl: z.string(),
    ownerId: z.string(),
    suspended: z.string(),
    // Which of these there are depends on the kind of service.
    serviceDetails: z.object({ url: z.string().nullish(), plan: z.string().nullish(), disk: z.object({ mountPath: z.string().min(1) }).nullish() }),
  })
  .transform(({ id, name, type, dashboardUrl, ownerId, suspended, serviceDetails: { url, plan, disk } }): RenderService => ({
    id,
    name,
    type,
    dashboardUrl,
    url: url ? url : null,
    plan: plan ? plan : null,
    disk: disk ? { mountPath: disk.mountPath } : null,
    suspended: suspended === "suspended",
    ownerId,
  }));

export const deploySchema = z
  .object({ id: z.string().min(1), status: z.string(), createdAt: time, finishedAt: time.nullish() })
  .transform(({ id, status, createdAt, finishedAt }): RenderDeploy => ({ id, status: toStatus(status), createdAt, finishedAt: finishedAt ?? null }));

/** Render adds kinds of events as it grows, each with details of its own. */
const eventSchema = z
  .object({
    id: z.string().min(1),
    type: z.string(),
    timestamp: time,
    details: z.object({ deployId: z.string().optional(), deployStatus: z.string().optional(), buildStatus: z.string().optional(), preDeployStatus: z.string().optional() }).nullish(),
  })
  .transform(({ id, type, timestamp, details }): RenderEvent => ({
    id,
    type,
    at: timestamp,
    deployId: details?.deployId ?? null,
    status: details?.deployStatus ?? details?.preDeployStatus ?? details?.buildStatus ?? null,
  }));

export const variableSchema = z.object({ key: z.string(), value: z.string() });

/** Without a cursor an entry is the last one there is. */
const cursor = z.string().min(1).optional();
export const servicePageSchema = z.array(z.object({ cursor, service: serviceSchema }));
export const deployPageSchema = z.array(z.object({ cursor, deploy: deploySchema }));
export const eventPageSchema = z.array(z.object({ cursor, event: eventSchema }));

function toStatus(text: string): DeployStatus {
  return deployStatuses.find((status) => status === text) ?? "other";
}
