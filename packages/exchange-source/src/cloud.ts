/** A Microsoft cloud: which hosts serve Graph and sign-in (Microsoft Graph documentation, concepts/deployments). */
export type Cloud = 'global' | 'usGovernmentL4' | 'usGovernmentL5' | 'china';

/** Where the services of one cloud live. */
export interface CloudHosts {
  /** Origin of Microsoft Graph, and the resource that tokens are asked for. */
  readonly graph: string;
  /** Host name of the sign-in service. */
  readonly login: string;
}

/** The hosts of each cloud. */
export const cloudHosts: Readonly<Record<Cloud, CloudHosts>> = {
  global: { graph: 'https://graph.microsoft.com', login: 'login.microsoftonline.com' },
  usGovernmentL4: { graph: 'https://graph.microsoft.us', login: 'login.microsoftonline.us' },
  usGovernmentL5: { graph: 'https://dod-graph.microsoft.us', login: 'login.microsoftonline.us' },
  china: { graph: 'https://microsoftgraph.chinacloudapi.cn', login: 'login.chinacloudapi.cn' },
};
