/** The campaigns: adding one is one file, one entry here and one in the specification. */
import type { Campaign, CampaignGround, CampaignSpec } from './campaign.js';
import { exhaustive } from './exhaustive.js';
import { guided } from './guided.js';

export function createCampaign(spec: CampaignSpec, ground: CampaignGround): Campaign {
  switch (spec.kind) {
    case 'exhaustive':
      return exhaustive(spec, ground);
    case 'guided':
      return guided(spec, ground);
    default:
      return spec satisfies never;
  }
}
