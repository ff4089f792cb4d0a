import type { VideoPacket, VideoTrack } from '../../src/core/video.ts'
import type { CameraListener, CameraPicture } from '../../src/sources/cameras/camera-input.ts'

/** Keeps what an input passes on. */
export class RecordingListener implements CameraListener {
  readonly tracks: VideoTrack[] = []
  readonly packets: VideoPacket[] = []
  readonly pictures: CameraPicture[] = []

  track(track: VideoTrack): void {
    this.tracks.push(track)
  }

  packet(packet: VideoPacket): void {
    this.packets.push(packet)
  }

  picture(picture: CameraPicture): void {
    this.pictures.push(picture)
  }

  wantedRate(): number {
    return 25
  }
}
