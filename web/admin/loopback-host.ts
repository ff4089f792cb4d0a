/** Whether an address is a loopback address: it means the machine it is opened on, so that nobody else can open it. @param hostname as of `location` */
export function isLoopbackHost(hostname: string): boolean {
  const name = hostname.toLowerCase()
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name)
}
