/** The families of models, from the cheapest tier to the most expensive; Mythos counts as Fable. */
export const FAMILIES = ["haiku", "sonnet", "opus", "fable"] as const;
/** A family of models. */
export type Family = (typeof FAMILIES)[number];

/** A family seen as a tier. */
export type Tier = Family;

/** 0 for haiku … 3 for fable. */
export function tierRank(tier: Tier): number {
  return FAMILIES.indexOf(tier);
}

/** The tier above, or undefined at the top. */
export function nextTier(tier: Tier): Tier | undefined {
  return FAMILIES[tierRank(tier) + 1];
}

export function isFamily(word: string): word is Family {
  return (FAMILIES as readonly string[]).includes(word);
}

/** Returns the family that an id's words name, whatever else it is: `my-opus-proxy` is Opus to Claude Code. */
export function familyIn(id: string): Family | undefined {
  const lower = id.toLowerCase();
  return (["opus", "sonnet", "haiku", "fable"] as const).find((family) => lower.includes(family));
}

/** Effort levels, from the least to the most. */
export const EFFORTS = ["low", "medium", "high", "xhigh", "max"] as const;
/** A level of effort. */
export type Effort = (typeof EFFORTS)[number];

export function isEffort(word: unknown): word is Effort {
  return (EFFORTS as readonly unknown[]).includes(word);
}
