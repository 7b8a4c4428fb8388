export {
  type ComposedCloud,
  composeLocalCloud,
  type ComposeOptions,
} from "./compose";
