import Type from 'typebox'

/** The first instrument in short, for the command line: `-O localhost -S 8888`. */
export const firstInstrumentSettings = {
  source_host: Type.Optional(
    Type.String({
      pattern: '^[^\\s/]{1,253}$',
      form: 'an IP address or a host name',
      description:
        'The host of an instrument that sends a bsread stream: it is read, and its streams have the label "beamline". localhost if only source_port is given; without both, only instruments.sources are read.',
    }),
  ),
  source_port: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 65_535,
      description:
        'The port of that instrument: a PUSH socket, to which this server connects; 8888 if only source_host is given. For a PUB socket, or any other choice, use instruments.sources.',
    }),
  ),
}

/** `instruments`: which instruments are read, and the bounds of what they send. */
export const instrumentSettings = Type.Object(
  {
    sources: Type.Array(
      Type.Unknown({ form: 'tables, each with host, port, socket and so on (docs/instruments.md)' }),
      {
        default: [],
        description:
          'Instruments that send bsread streams over ZeroMQ, each as a table: name (the label of its streams; "beamline" if left out), host (localhost), port (8888), socket (pull or sub), mode (connect or bind), pictures (a list of channels), colormap, levels, log, units. docs/instruments.md describes them. More can be added on the page.',
      },
    ),
    default: Type.Optional(
      Type.String({
        pattern: '^[^/]+/.+$',
        form: 'LABEL/KEY',
        description:
          'The stream that the page of the old beamline viewer shows: LABEL/KEY. Without it, the first picture of the first instrument that the asker may see.',
      }),
    ),
    page_fps: Type.Number({
      default: 10,
      minimum: 0.1,
      maximum: 1_000,
      unit: 'images a second',
      description:
        'How many images a second that page is told of, at most. It fetches a PNG for each of them, which is lost when the next one is begun before it has arrived: less over slow links.',
    }),
    max: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1_000,
      unit: 'instruments',
      description: 'How many instruments there may be, those that were added on the page among them.',
    }),
    message_bytes: Type.Integer({
      default: 268_435_456,
      minimum: 10_000,
      maximum: 4_000_000_000,
      unit: 'bytes',
      description:
        'How large a message of an instrument may be, with all its channels. A larger one ends the connection, before memory is taken for it.',
    }),
    buffer_pool_bytes: Type.Integer({
      default: 134_217_728,
      minimum: 0,
      maximum: 4_000_000_000,
      unit: 'bytes',
      description:
        'How much memory for large values is used again and again while somebody watches, which spares the garbage collector. Values for which there is none take ordinary memory. What has not been needed for a minute or two is given up.',
    }),
    channels: Type.Integer({
      default: 1_000,
      minimum: 1,
      maximum: 100_000,
      unit: 'channels',
      description: 'How many channels a message of an instrument may have. One with more is rejected.',
    }),
    senders: Type.Integer({
      default: 16,
      minimum: 1,
      maximum: 1_000,
      unit: 'connections',
      description:
        'How many senders may be connected at once to an instrument that listens (mode bind). Further ones are disconnected. While somebody watches, a message of each may be in memory.',
    }),
    pictures: Type.Integer({
      default: 32,
      minimum: 1,
      maximum: 10_000,
      unit: 'streams',
      description: 'How many channels of one instrument can be streams of pictures; further ones are not shown.',
    }),
    profile_elements: Type.Integer({
      default: 4_096,
      minimum: 0,
      maximum: 1_000_000,
      unit: 'elements',
      description:
        'How many elements an array, or bytes a text, may have that goes along with the pictures as metadata, such as a profile. Of a larger one only type and shape are given.',
    }),
    metadata_elements: Type.Integer({
      default: 65_536,
      minimum: 0,
      maximum: 10_000_000,
      unit: 'elements',
      description: 'How many elements of arrays and bytes of texts may go along with one picture in all.',
    }),
    watchdog_s: Type.Number({
      default: 10,
      minimum: 0.5,
      maximum: 86_400,
      unit: 'seconds',
      description:
        'How long an instrument may send nothing before its socket is closed and a new one opened. Longer than the longest pause between two pulses.',
    }),
    heartbeat_s: Type.Number({
      default: 1,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description:
        'How often the other end is asked whether it is still there; only where it speaks ZMTP 3.1 or newer.',
    }),
    heartbeat_timeout_s: Type.Number({
      default: 2,
      minimum: 0.1,
      maximum: 3_600,
      unit: 'seconds',
      description: 'How long the other end may take to answer that before the connection counts as lost.',
    }),
  },
  { description: 'Instruments whose bsread streams are read over ZeroMQ.' },
)
