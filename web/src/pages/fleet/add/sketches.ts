// PURE: what a board or a program must say so that the hub hears it, with this hub's true address in it.
import type { About } from "~/api/types";

/** Where the hub's ways in are for devices. `tcp` and `http` are null where that door is closed. */
export interface Ways {
  host: string;
  tcp: number | null;
  http: string | null;
  /** Only programs on the hub's own machine reach it. */
  alone: boolean;
}

export function waysOf({ doors, agents, network_addresses }: About): Ways {
  const find = (door: string) => doors.find((one) => one.door === door);
  const [tcp, plain, safe] = [find("tcp"), find("http"), find("https")];
  const alone = ![tcp, plain, safe].some((door) => door?.reach === "network");
  const host = alone ? "127.0.0.1" : (network_addresses[0] ?? new URL(agents).hostname);
  const http = plain
    ? `http://${bracketed(host)}:${plain.port}`
    : safe
      ? `https://${bracketed(host)}:${safe.port}`
      : null;
  return { host, tcp: tcp?.port ?? null, http, alone };
}

function bracketed(host: string): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
}

export interface Sketch {
  id: string;
  title: string;
  /** What it is for, in a few words. */
  about: string;
  text: string;
}

/** The ways that are open, the shortest first. */
export function sketches(ways: Ways, name: string): Sketch[] {
  const node = name || "greenhouse";
  const tcp = ways.tcp === null ? [] : overTcp(ways.host, ways.tcp, node);
  return ways.http === null ? tcp : [...tcp.slice(0, 1), overHttp(ways.http, node), ...tcp.slice(1)];
}

function overHttp(http: string, node: string): Sketch {
  return {
    id: "http",
    title: "HTTP",
    about: "From any program that can make a web request.",
    text: `echo 'temperature:21.4' | curl -fsS --data-binary @- '${http}/api/v1/ingest/auto?node=${node}'`,
  };
}

function overTcp(host: string, port: number, node: string): Sketch[] {
  return [
    {
      id: "tcp",
      title: "A line over TCP",
      about: "From anything that can print a line: name:value, JSON, or plain text.",
      text: `printf 'hello node=${node}\\ntemperature:21.4 humidity:40\\n' | nc -w1 ${host} ${port}`,
    },
    {
      id: "arduino",
      title: "Arduino",
      about: "ESP8266 or ESP32. Fill in your network, then flash it as usual.",
      text: `#include <ESP8266WiFi.h>  // on an ESP32: <WiFi.h>

WiFiClient hub;

void setup() { WiFi.begin("network", "password"); }

void loop() {
  if (!hub.connected() && hub.connect("${host}", ${port})) hub.print("hello node=${node}\\n");
  hub.println("temperature:" + String(analogRead(A0) * 0.1));
  delay(10000);
}`,
    },
    {
      id: "micropython",
      title: "MicroPython",
      about: "For a board that is in your network already.",
      text: `import socket, time

hub = socket.socket()
hub.connect(socket.getaddrinfo("${host}", ${port})[0][-1])
hub.send(b"hello node=${node}\\n")
while True:
    reading = 21.4  # ask your sensor here
    hub.send(b"temperature:%.1f\\n" % reading)
    time.sleep(10)`,
    },
  ];
}

/** PURE: only what may stand in a node's name, so that it needs no quotes anywhere. */
export function nodeName(text: string): string {
  return text
    .replace(/[^A-Za-z0-9._-]/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 63);
}
