/**
 * What the commands set in motion, each part loaded when it is first used: a simulated run loads nothing of the
 * real backend, and `sim list` loads neither. Tests put their own machinery in its place.
 */
import type { Backend } from '../backend/backend.js';
import type { PlanRequest } from '../explore/draw-plan.js';
import type { Plan } from '../explore/plan.js';
import type { RunResult } from '../run.js';
import type { RunRequest as RunPlanRequest } from '../run-plan.js';
import type { RunRequest } from './run-request.js';

export interface Machinery {
  drawPlan(request: PlanRequest): Promise<Plan>;
  runPlan(request: RunPlanRequest): Promise<RunResult>;
  /** @param progress told in one line each what takes time, such as building etcd */
  createBackend(request: RunRequest, progress: (line: string) => void): Promise<Backend>;
}

export const machinery: Machinery = {
  async drawPlan(request) {
    const { drawPlan } = await import('../explore/draw-plan.js');
    return drawPlan(request);
  },
  async runPlan(request) {
    const { runPlan } = await import('../run-plan.js');
    return runPlan(request);
  },
  async createBackend(request, progress) {
    switch (request.backend) {
      case 'simulated': {
        const { createSimulatedBackend } = await import('../backend/simulated.js');
        return createSimulatedBackend();
      }
      case 'real': {
        const { createRealBackend } = await import('../backend/real.js');
        const { endpoints, toxiproxy } = request;
        return createRealBackend({
          progress,
          ...(endpoints === undefined ? {} : { endpoints }),
          ...(toxiproxy === undefined ? {} : { toxiproxy }),
        });
      }
      default:
        return request.backend satisfies never;
    }
  },
};
