/** Plans limit how many workspaces one owner may have (archived ones count). */
export const PLANS = ['free', 'pro', 'enterprise'] as const
export type Plan = (typeof PLANS)[number]

/** Workspaces per owner; enterprise is unlimited. */
export const MAX_WORKSPACES_OF_PLAN: Record<Plan, number> = {
  free: 3,
  pro: 10,
  enterprise: Number.POSITIVE_INFINITY,
}
