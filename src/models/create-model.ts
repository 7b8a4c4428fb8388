import type { LanguageModel } from "./language-model";
import { offlineModel } from "./offline/offline-model";
import {
  type AzureOpenAiOptions,
  azureOpenAiModel,
  type OpenAiOptions,
  openAiModel,
} from "./openai/openai-model";

/** Which provider answers, and how it is reached. */
export type ModelOptions =
  | ({ readonly provider: "azure-openai" } & AzureOpenAiOptions)
  | ({ readonly provider: "openai" } & OpenAiOptions)
  | { readonly provider: "offline" };

/** The model that the options ask for. Nothing is sent yet. */
export function createModel(options: ModelOptions): LanguageModel {
  switch (options.provider) {
    case "azure-openai":
      return azureOpenAiModel(options);
    case "openai":
      return openAiModel(options);
    case "offline":
      return offlineModel();
  }
}
