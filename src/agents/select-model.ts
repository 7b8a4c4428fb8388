import type { Model } from "./model";
import { offlineModel } from "./offline-model";
import {
  type AzureOpenAiOptions,
  azureOpenAiModel,
  type OpenAiOptions,
  openAiModel,
} from "./openai-model";

/** Which provider answers, and how it is reached. */
export type ModelOptions =
  | ({ readonly provider: "azure-openai" } & AzureOpenAiOptions)
  | ({ readonly provider: "openai" } & OpenAiOptions)
  | { readonly provider: "offline" };

/** The model that the options ask for. Nothing is sent yet. */
export function selectModel(options: ModelOptions): Model {
  switch (options.provider) {
    case "azure-openai":
      return azureOpenAiModel(options);
    case "openai":
      return openAiModel(options);
    case "offline":
      return offlineModel();
  }
}
