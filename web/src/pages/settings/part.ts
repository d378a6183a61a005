// What a part of Settings is. Each file of parts/ exports one; a glob finds it.
import type { ComponentType } from "react";
import type { Right } from "~/api/me";

export interface SettingsPart {
  slug: string;
  title: string;
  order: number;
  right: Right;
  body: ComponentType;
}

const found = import.meta.glob<{ part: SettingsPart }>("./parts/*.tsx", { eager: true });

export const parts: SettingsPart[] = Object.values(found)
  .map((one) => one.part)
  .sort((a, b) => a.order - b.order);
