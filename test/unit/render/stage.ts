/** A client on a fake Render with one service, and a clock that does not wait. */
import { onTestFinished } from "vitest";
import { createRenderClient, type RenderClient, type RenderSettings } from "../../../electron/engine/render/render-client.ts";
import { startFakeRender, type FakeRender } from "../../support/fake-render/fake-render.ts";
import type { FakeService, FakeServiceOptions } from "../../support/fake-render/service.ts";

export interface RenderStage {
  readonly render: FakeRender;
  readonly service: FakeService;
  readonly client: RenderClient;
  /** What `onWait` was told. */
  readonly told: number[];
  /** What the clock was asked to sleep for. */
  readonly slept: number[];
  readonly connect: (settings?: Partial<RenderSettings>) => RenderClient;
}

export const NOW = new Date("2026-11-24T12:00:00.000Z");

export async function createRenderStage(options: FakeServiceOptions = {}): Promise<RenderStage> {
  const render = await startFakeRender();
  const service = render.addService(options);
  const told: number[] = [];
  const slept: number[] = [];
  const clock = {
    now: () => NOW,
    sleep: async (ms: number) => {
      slept.push(ms);
      await Promise.resolve();
    },
  };
  function connect(settings: Partial<RenderSettings> = {}): RenderClient {
    const client = createRenderClient({ apiKey: render.apiKey, baseUrl: render.url, clock, onWait: (ms) => told.push(ms), retries: { retries: 2, firstPauseMs: 1 }, ...settings });
    onTestFinished(async () => await client.close());
    return client;
  }
  return { render, service, client: connect(), told, slept, connect };
}
