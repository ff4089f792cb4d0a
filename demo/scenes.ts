import { beamSpot } from './beam-spot.ts'
import { buildingSite } from './building-site.ts'
import { frontDoor } from './front-door.ts'
import type { SceneMaker } from './scene.ts'
import type { SceneKey } from './thread-messages.ts'

/** The scene of each demo stream. */
export const SCENES: Readonly<Record<SceneKey, SceneMaker>> = {
  'building site': buildingSite,
  'front door': frontDoor,
  'beam spot': beamSpot,
}
