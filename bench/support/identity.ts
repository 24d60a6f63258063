const IDENTITY = /app_guid="([^"]+)",process_guid="[^"]*",process_type="[^"]*",instance_index="(\d+)"/g;

/** Every instance of the simulator that an exposition speaks of, as `guid/index`. */
export function instancesIn(text: string): readonly string[] {
  return [...text.matchAll(IDENTITY)].map(([, guid, index]) => `${guid}/${index}`);
}
