// Sends a backup to the hub with its progress, which fetch cannot tell. One at a time; can be called off.
import { HubError } from "~/api/client";

export interface Sending {
  done: Promise<void>;
  stop: () => void;
}

/** `progress` is called with the share that is sent, 0 to 1. */
export function sendArchive(file: File, progress: (share: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<void>((resolve, reject) => {
    request.upload.onprogress = (event) => progress(event.total ? event.loaded / event.total : 0);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(new HubError(0, "the connection broke while the backup was sent; nothing changed"));
    request.onabort = () => reject(new HubError(0, "called off; nothing changed"));
  });
  request.open("POST", "/api/v1/restore");
  request.setRequestHeader("X-Wacket", "1");
  request.setRequestHeader("Content-Type", "application/x-tar");
  request.send(file);
  return { done, stop: () => request.abort() };
}

function refusal(request: XMLHttpRequest): HubError {
  try {
    return new HubError(request.status, String(JSON.parse(request.responseText).error));
  } catch {
    return new HubError(request.status, `the hub answered ${request.status}`);
  }
}
