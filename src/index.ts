export { RolecallError } from "./errors.ts";
