import type { VideoPacket, VideoTrack } from '../../src/core/video.ts'
import type { CameraListener, CameraPicture } from '../../src/sources/cameras/camera-input.ts'
import { until } from './until.ts'

/** Takes what a camera sends, and keeps it. */
export class VideoListener implements CameraListener {
  readonly tracks: VideoTrack[] = []
  readonly packets: VideoPacket[] = []
  readonly pictures: CameraPicture[] = []
  lost = 0

  track(track: VideoTrack): void {
    this.tracks.push(track)
  }

  packet(packet: VideoPacket): void {
    this.packets.push(packet)
  }

  picture(picture: CameraPicture): void {
    this.pictures.push(picture)
  }

  dropped(): void {
    this.lost++
  }

  wantedRate(): number {
    return 0
  }

  /** Waits until so many packets have come. */
  took(count: number): Promise<void> {
    return until(() => this.packets.length >= count, `${count} packets`)
  }
}
