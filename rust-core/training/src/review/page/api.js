// Requests to the server that gave out this page.

const STORED = "epic-session";

export class ApiError extends Error {
  constructor(status, kind, message) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

let session = sessionStorage.getItem(STORED);

// The token in the address buys the session once; the address bar forgets it at once.
export async function openSession() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", "/");
  try {
    ({ session } = await post("session", { token }));
    sessionStorage.setItem(STORED, session);
  } catch (error) {
    if (!session) throw error;
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(`/api/${path}`, { ...options, headers: { "x-epic-session": session ?? "" } });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "gone", "epic does not answer: it has ended, or this machine was asleep. Marks are kept.");
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({}));
  throw new ApiError(response.status, body.kind ?? "unknown", body.error ?? `status ${response.status}`);
}

export const getJson = async (path, signal) => (await request(path, { signal })).json();

export const getBuffer = async (path) => (await request(path, {})).arrayBuffer();

export const getBlob = async (path, signal) => (await request(path, { signal })).blob();

// Small requests outlive the page, so that a mark made just before it closes is kept.
const OUTLIVES = 60000;

export async function post(path, value) {
  const body = JSON.stringify(value);
  return (await request(path, { method: "POST", body, keepalive: body.length < OUTLIVES })).json();
}
