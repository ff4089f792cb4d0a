/**
 * The colour that pictures are shown on, in light and dark alike (`--bv-stage` of the page). What is transparent in a
 * picture has it too where a JPEG is made of it.
 */
export const STAGE_COLOUR = '#05080a'
