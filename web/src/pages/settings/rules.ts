// PURE: the rules of how long readings are kept, while somebody edits them.
import type { RuleInfo } from "~/api/types";

/** What is wrong with a rule, or "". */
export function fault(rule: RuleInfo): string {
  if (!rule.match.trim()) return "say which series it is for, for example rig-*/power";
  if (!(rule.readings_days >= 0 && rule.rollup_days >= 0)) return "days are 0 (for ever) or more";
  if (rule.rollup_days && !rule.readings_days) return "roll-ups may not go before the readings that they are made of";
  if (rule.rollup_days && rule.rollup_days < rule.readings_days) return "roll-ups may not go before their readings";
  return "";
}

/** The rules with this one moved by `by` places; the first that fits a series holds. */
export function moved(rules: RuleInfo[], index: number, by: number): RuleInfo[] {
  const to = index + by;
  if (to < 0 || to >= rules.length) return rules;
  const changed = [...rules];
  const [one] = changed.splice(index, 1);
  changed.splice(to, 0, one as RuleInfo);
  return changed;
}

/** Days in words. */
export function kept(days: number): string {
  return days ? `${days} ${days === 1 ? "day" : "days"}` : "for ever";
}
