import { BlockList, isIP } from 'node:net';

/**
 * A list of addresses and networks (CIDR, for example 10.0.0.0/8), to compare addresses with.
 *
 * @throws RangeError that names the first that is neither
 */
export function networkList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits, ...rest] = network.split('/');
    const version = isIP(address);
    const widest = version === 6 ? 128 : 32;
    const prefix = bits === undefined ? widest : Number(bits);
    const isPrefix = bits === undefined || (/^\d{1,3}$/.test(bits) && prefix <= widest);
    if (version === 0 || rest.length > 0 || !isPrefix) {
      throw new RangeError(`network: expected an address or a network, got ${network}`);
    }
    list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Whether a text is an address or a network. */
export function isNetwork(text: string): boolean {
  try {
    networkList([text]);
    return true;
  } catch {
    return false;
  }
}
