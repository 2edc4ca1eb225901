import { once } from "node:events";
import { connect } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { listen } from "../../src/cli/listen.js";

it("ends, though a browser holds a connection ready over which it has asked nothing", async () => {
  const handler = async () => new Response("here");
  const { address, close } = await listen(handler, { port: 0, host: "127.0.0.1" });
  const socket = connect(Number(new URL(address).port), "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  expect(await (await fetch(address)).text()).toBe("here");
  await close();
  await once(socket, "close");
});
