/** The host of Microsoft Graph. */
export const GRAPH_HOST = 'graph.microsoft.com';
/** The host that issues tokens. */
export const LOGIN_HOST = 'login.microsoftonline.com';
/** The host that takes large attachments. */
export const OUTLOOK_HOST = 'outlook.office.com';

/** The hosts that the simulator stands in for. */
export const REAL_HOSTS: ReadonlySet<string> = new Set([GRAPH_HOST, LOGIN_HOST, OUTLOOK_HOST]);

/** The beginning of every address of Microsoft Graph v1.0. */
export const GRAPH_ROOT: string = `https://${GRAPH_HOST}/v1.0`;
