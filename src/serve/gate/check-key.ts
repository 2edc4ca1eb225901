import { timingSafeEqual } from "hono/utils/buffer";
import { ApiError } from "../api-error.js";

const SCHEME = "bearer ";

/**
 * Compares by digests: what is wrong with a key cannot be told from how long it takes.
 *
 * @throws ApiError 401
 */
export async function checkKey(request: Request, apiKey: string | undefined): Promise<void> {
  if (apiKey === undefined) return;
  const given = request.headers.get("authorization") ?? "";
  const isBearer = given.slice(0, SCHEME.length).toLowerCase() === SCHEME;
  const key = isBearer ? given.slice(SCHEME.length) : "";
  if (await timingSafeEqual(key, apiKey)) return;
  const said = given === "" ? "No API key was given" : "The API key is wrong";
  throw new ApiError(401, `${said}: send \`Authorization: Bearer KEY\`.`, {
    code: "invalid_api_key",
  });
}
