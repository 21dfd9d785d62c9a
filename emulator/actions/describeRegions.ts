/** DescribeRegions: the regions that can be called, of which an emulator is one (page "DescribeRegions"). */
import type { Action } from "./action";

export const describeRegions: Action = {
  name: "DescribeRegions",
  cryptographic: false,
  run: (call) => ({ Regions: { Region: [{ RegionId: call.location.region }] } }),
};
