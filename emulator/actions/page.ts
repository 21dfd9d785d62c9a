/** Paging by number and size, which the older lists share. */
import type { Parameters } from "../parameters";
import type { Answer } from "./action";

/** One page of a list, and what every list answers beside it. */
export interface Page<T> {
  readonly items: T[];
  readonly answer: Answer;
}

/** The page that the parameters ask for; beyond the end it is empty. */
export function pageOf<T>(all: readonly T[], parameters: Parameters, sizes: { least: number; most: number }): Page<T> {
  const PageNumber = parameters.integer("PageNumber", 1, 999_999_999) ?? 1;
  const PageSize = parameters.integer("PageSize", sizes.least, sizes.most) ?? 10;
  const start = (PageNumber - 1) * PageSize;
  return { items: all.slice(start, start + PageSize), answer: { PageNumber, PageSize, TotalCount: all.length } };
}
