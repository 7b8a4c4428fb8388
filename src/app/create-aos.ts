import type { AosOptions } from "./aos-options";
import { registerAos } from "./register-aos";
import { validateCatalog } from "./validate-catalog";

export interface Aos {
  /**
   * Reads the settings and registers the app with the Functions host. Call it once, while the entry file of the app loads.
   * Throws `configuration_invalid` with every missing or invalid setting.
   */
  register(): void;
}

/** Throws `invalid_workflow` with every problem of the agents, tools and workflows, each with its path in `options`. */
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
