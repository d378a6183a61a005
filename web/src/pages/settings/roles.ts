// What each role may do, in the words of the hub's rights.
export const ROLES = {
  viewer: "sees everything, changes nothing",
  operator: "sees everything, and runs what the machines' owners allow",
  admin: "everything, also people, tokens, settings and backups",
  student: "only their own board and their own answers",
} as const;

export type Role = keyof typeof ROLES;
export const CHOICES = Object.entries(ROLES).map(([value, meaning]) => ({ value, label: `${value}: ${meaning}` }));
