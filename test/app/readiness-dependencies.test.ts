import { azureRoles } from "../../src/app/readiness-dependencies";
import { assignableRoles } from "../bicep/checklist/roles";

test.each(Object.entries(azureRoles))(
  "the role for %s is one that the templates assign, by its name in Azure",
  (_, role) => {
    const named = [...assignableRoles.values()].filter((each) =>
      role.includes(each),
    );
    expect(named.join(" and ")).not.toBe("");
    // Nothing but names of roles and what joins them.
    const rest = named.reduce((text, each) => text.replace(each, ""), role);
    expect(rest).toMatch(/^( and |, or with a scheduler )*$/);
  },
);
