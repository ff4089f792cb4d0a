/** What `belvedere help` prints. */
export const HELP = `belvedere COMMAND

  serve      Run the server (what "npm start" does).
             --port N (-P)  --host ADDRESS (-H)  --data-dir DIR  --config FILE  --any.setting VALUE
             Read an instrument: --source-host HOST (-O)  --source-port N (-S)
  publish    Publish pictures: belvedere publish DIR|FILE… [--label L] [--key K] [--fps N] [--loop]
             [--url URL] [--token KEY] ("publish --help" says more).
  simulate   Send a bsread stream as a beamline's instrument does: belvedere simulate beamline
             [--output-port N (-o)] [--n-images N (-n)] [--delay SECONDS (-d) | --rate N] [--pub]
             [--compression none|lz4|bitshuffle_lz4] [--size WIDTHxHEIGHT] [--host ADDRESS (-H)]
  user       Accounts: user add|list|password|role|labels|disable|enable|remove ("user help" says more).
  key        Print the publish key; on a terminal also the link that opens the page with it.
  secret     secret rotate: sign tokens with a new secret; nobody is signed out.
  config     Print a belvedere.yaml in which every setting is explained.
  help       Print this.

docs/configuration.md describes every setting.`

/** Whether an argument asks for help. */
export function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h'
}
