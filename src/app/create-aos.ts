import type { AosOptions } from "./aos-options";
import { registerAos } from "./register-aos";
import { validateCatalog } from "./validate-catalog";

/** An app whose agents, tools and workflows fit together. */
export interface Aos {
  /**
   * Reads the settings and registers the app with the Functions host: to be called once, while the app's entry file loads.
   * Throws `configuration_invalid` with every setting that is missing or wrong.
   */
  register(): void;
}

/** Throws `invalid_workflow` with every problem of the agents, tools and workflows, each with its path. */
export function createAos<
  AgentName extends string = never,
  ToolName extends string = never,
>(options: AosOptions<AgentName, ToolName>): Aos {
  validateCatalog(options);
  return {
    register: () => {
      registerAos(options);
    },
  };
}
